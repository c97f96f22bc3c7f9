package io.fastpath.afxdpnative.netlink;

import java.util.Optional;

/**
 * A network interface as rtnetlink describes it. Immutable.
 *
 * @param ifindex index, unique in its network namespace.
 * @param name of the interface.
 * @param flags {@code IFF_} bits.
 * @param hardwareType {@code ARPHRD_} number, 1 for Ethernet.
 * @param mac Ethernet address, or {@link MacAddress#NONE}; see there for the bits.
 * @param mtu bytes of a packet, link header not counted.
 * @param operState operational state.
 * @param rxQueueLimit receive queues the device was made with; fewer may be in use.
 * @param txQueueLimit transmit queues the device was made with; fewer may be in use.
 * @param masterIfindex bond, bridge or VRF that this is a port of, or 0.
 * @param masterKind the master's kind, for example {@code bond}, or empty.
 * @param lowerIfindex the parent of a VLAN, the peer of a veth, or 0.
 * @param lowerElsewhere whether {@code lowerIfindex} belongs to another network namespace.
 * @param kind for example {@code veth}, {@code vlan}, {@code bridge}; empty for a plain device.
 * @param vlan tag, for a VLAN interface.
 * @param xdp attached XDP program.
 */
public record Link(
        int ifindex,
        String name,
        int flags,
        int hardwareType,
        long mac,
        int mtu,
        OperState operState,
        int rxQueueLimit,
        int txQueueLimit,
        int masterIfindex,
        String masterKind,
        int lowerIfindex,
        boolean lowerElsewhere,
        String kind,
        Optional<LinkVlan> vlan,
        XdpAttachment xdp) {
    private static final int IFF_UP = 0x1;
    private static final int IFF_LOOPBACK = 0x8;
    private static final int IFF_LOWER_UP = 0x10000;

    /** {@return whether the operator switched the interface on} */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** {@return whether the link below has a carrier} */
    public boolean hasCarrier() {
        return (flags & IFF_LOWER_UP) != 0;
    }

    /** {@return whether packets can pass: switched on, with a carrier} */
    public boolean isUsable() {
        return isUp() && hasCarrier();
    }

    /** {@return whether this is a loopback interface} */
    public boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }

    /** {@return whether this is one end of a veth pair} */
    public boolean isVeth() {
        return kind.equals("veth");
    }
}
