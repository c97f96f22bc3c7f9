package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.netlink.InterfaceAddress;
import io.fastpath.afxdpnative.netlink.IpAddress;
import io.fastpath.lb.Address;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SnatAddressesTest {
    private static final Address OWN = Address.parse("10.8.0.1");
    private static final Address OWN6 = Address.parse("fd08::1");
    private static final Address FOREIGN = Address.parse("10.8.0.2");

    @Test
    void shouldFindTheAddressesThatTheNodeDoesNotHave() {
        assertThat(SnatAddresses.foreign(List.of(OWN, FOREIGN, OWN6), List.of(has(OWN), has(OWN6))))
                .containsExactly(FOREIGN);
        assertThat(SnatAddresses.foreign(List.of(OWN), List.of())).containsExactly(OWN);
    }

    private static InterfaceAddress has(final Address address) {
        return new InterfaceAddress(3, new IpAddress(address.word0(), address.word1()), 24, 0, 0);
    }
}
