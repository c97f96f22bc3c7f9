package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.InterfaceAddress;
import io.fastpath.afxdpnative.netlink.IpAddress;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.List;

/** The node's own addresses on the interfaces that it serves: the sources of its ICMP errors. Control thread. */
final class OwnAddresses {
    /** RT_SCOPE_UNIVERSE: neither of the link nor of the host alone. */
    private static final int SCOPE_UNIVERSE = 0;

    private OwnAddresses() {}

    /**
     * Enters the first address of each family that others can answer to.
     *
     * @param addresses of all interfaces, as the kernel lists them
     * @param interfaces that are served
     */
    static void write(final List<InterfaceAddress> addresses, final InterfaceTable interfaces) {
        for (int slot = 0; slot < InterfaceDescriptor.SLOTS; slot++) {
            final int ifindex = interfaces.ifindex(slot);
            if (ifindex != 0) {
                final IpAddress ipv4 = first(addresses, ifindex, true);
                final IpAddress ipv6 = first(addresses, ifindex, false);
                interfaces.addresses(
                        slot, ipv4.isIpv4() ? AddressDescriptor.ipv4Memory(ipv4.low()) : 0, ipv6.high(), ipv6.low());
            }
        }
    }

    private static IpAddress first(final List<InterfaceAddress> addresses, final int ifindex, final boolean isIpv4) {
        return addresses.stream()
                .filter(each -> each.ifindex() == ifindex && each.scope() == SCOPE_UNIVERSE && each.isUsable())
                .map(InterfaceAddress::address)
                .filter(address -> address.isIpv4() == isIpv4)
                .findFirst()
                .orElse(IpAddress.NONE);
    }
}
