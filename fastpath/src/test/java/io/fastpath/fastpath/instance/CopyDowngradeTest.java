package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.xsk.XskConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CopyDowngradeTest {
    private static final List<XskConfig> SOCKETS = List.of(socket("eth1", 1), socket("eth1", 10), socket("eth10", 0));

    @Test
    void shouldBlameTheInterfaceThatWasRefusedAlone() {
        final String text = "copy instead of zero-copy: bind(AF_XDP, eth10 queue 0, XDP_ZEROCOPY) failed: EOPNOTSUPP";
        final CopyDowngrade downgrade = CopyDowngrade.of(text, SOCKETS);
        assertThat(downgrade.cause()).isEqualTo("eth10");
        assertThat(downgrade.of("eth10")).isEqualTo(text);
        assertThat(downgrade.of("eth1"))
                .isEqualTo("copy instead of zero-copy, as eth10 is: a worker's packet memory is one or the other");
    }

    @Test
    void shouldBlameTheFirstWhereNoneIsNamed() {
        assertThat(CopyDowngrade.of("copy instead of zero-copy: socket failed", SOCKETS)
                        .cause())
                .isEqualTo("eth1");
    }

    @Test
    void shouldSayNothingWhereNothingIsLess() {
        final CopyDowngrade none = CopyDowngrade.of("", SOCKETS);
        assertThat(none.cause()).isEmpty();
        assertThat(none.of("eth1")).isEmpty();
    }

    private static XskConfig socket(final String name, final int queue) {
        return new XskConfig(name, 3, queue, new RingSizes(64, 64, 64, 64));
    }
}
