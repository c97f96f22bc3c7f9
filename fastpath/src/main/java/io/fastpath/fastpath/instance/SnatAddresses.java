package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.InterfaceAddress;
import io.fastpath.lb.Address;
import java.util.List;

/** Looks whether the node owns the addresses that full NAT writes as the source. */
final class SnatAddresses {
    private SnatAddresses() {}

    /**
     * Finds addresses that are none of the node's: nobody answers ARP for them, unless they are routed to the node.
     *
     * @param configured the SNAT addresses
     * @param own the node's
     * @return those that are not among the node's
     */
    static List<Address> foreign(final List<Address> configured, final List<InterfaceAddress> own) {
        return configured.stream()
                .filter(address -> own.stream()
                        .noneMatch(candidate -> candidate.address().high() == address.word0()
                                && candidate.address().low() == address.word1()))
                .toList();
    }
}
