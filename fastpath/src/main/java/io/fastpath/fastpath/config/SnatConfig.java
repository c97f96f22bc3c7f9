package io.fastpath.fastpath.config;

import io.fastpath.lb.Address;
import java.util.Comparator;
import java.util.List;

/**
 * What full NAT writes as the source. Immutable.
 *
 * @param addresses of the node: the IPv4 ones first, then the IPv6 ones (the flow table wants each family in one piece),
 *     else in the file's order; each serves backends of its family.
 * @param ports claimed on each of them.
 */
public record SnatConfig(List<Address> addresses, PortRange ports) {
    /** Takes a copy, in order. */
    public SnatConfig {
        addresses = addresses.stream()
                .sorted(Comparator.comparing(Address::isIpv4).reversed())
                .toList();
    }

    /**
     * {@return whether there is an address of a family}
     *
     * @param ipv4 or else IPv6.
     */
    public boolean serves(final boolean ipv4) {
        return addresses.stream().anyMatch(address -> address.isIpv4() == ipv4);
    }
}
