package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.netlink.Link;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InterfaceStateTest {
    private static final int PACKET_LENGTH_LIMIT = 2048 - 256;
    private static final int MTU_LIMIT = PACKET_LENGTH_LIMIT - 22;

    @Test
    void shouldTellHowAnInterfaceDoes() {
        assertThat(state(TestLinks.up(1500))).isEqualTo(new InterfaceState("up", 1500, ""));
        assertThat(state(TestLinks.withoutCarrier()).label()).isEqualTo("no-carrier");
        assertThat(state(TestLinks.withoutCarrier()).warning()).contains("no carrier");
        assertThat(state(TestLinks.down()).label()).isEqualTo("down");
        assertThat(state(TestLinks.down()).warning()).contains("ip link set eth1 up");
    }

    @Test
    void shouldTellThatAnInterfaceIsGone() {
        final InterfaceState gone = InterfaceState.of("eth1", Optional.empty(), PACKET_LENGTH_LIMIT);
        assertThat(gone.label()).isEqualTo("gone");
        assertThat(gone.mtu()).isZero();
        assertThat(gone.warning()).contains("restart");
    }

    @Test
    void shouldWarnOfAnMtuThatAFrameDoesNotTake() {
        assertThat(state(TestLinks.up(MTU_LIMIT)).warning()).isEmpty();
        assertThat(state(TestLinks.up(MTU_LIMIT + 1)).label()).isEqualTo("up");
        assertThat(state(TestLinks.up(MTU_LIMIT + 1)).warning())
                .contains("MTU of 1771")
                .contains("up to 1770")
                .contains("umem.frameSize");
    }

    private static InterfaceState state(final Link link) {
        return InterfaceState.of("eth1", Optional.of(link), PACKET_LENGTH_LIMIT);
    }
}
