package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.LinkVlan;
import io.fastpath.afxdpnative.netlink.RtnetlinkSocket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of one interface at one moment. Immutable.
 *
 * <p>The methods that ask the kernel may run on any thread and look into that thread's network namespace; they need no
 * privilege. They throw {@link io.fastpath.afxdpnative.sys.NativeException} if the kernel refuses.
 *
 * @param link index, name, Ethernet address, MTU, state, master, attached XDP program.
 * @param driver that drives it; its name is the link's kind, or empty, where ethtool doesn't tell.
 * @param queues in use.
 * @param rings of the NIC, where it has such.
 * @param offloads in effect.
 * @param xdp what the driver's XDP can do, where the kernel tells.
 */
public record InterfaceFacts(
        Link link,
        Driver driver,
        QueueCounts queues,
        Optional<NicRingSizes> rings,
        Offloads offloads,
        Optional<XdpCapabilities> xdp) {
    /**
     * Look at one interface.
     *
     * @param name of the interface.
     * @return its facts.
     * @throws NoSuchInterfaceException if there is none of that name.
     */
    public static InterfaceFacts of(final String name) {
        try (RtnetlinkSocket kernel = RtnetlinkSocket.open();
                EthtoolSocket ethtool = EthtoolSocket.open();
                NetdevFamily netdev = NetdevFamily.open()) {
            final Link link =
                    kernel.link(name).orElseThrow(() -> new NoSuchInterfaceException(name, names(kernel.links())));
            return new InterfaceFacts(
                    link,
                    Driver.read(ethtool, link.name()).orElseGet(() -> new Driver(link.kind(), "", "", "")),
                    QueueCounts.read(ethtool, link),
                    NicRingSizes.read(ethtool, link.name()),
                    Offloads.read(ethtool, link.name()),
                    netdev.xdp(link.ifindex()));
        }
    }

    /** {@return the links of all interfaces} */
    public static List<Link> links() {
        try (RtnetlinkSocket kernel = RtnetlinkSocket.open()) {
            return kernel.links();
        }
    }

    /** {@return the interface's index} */
    public int ifindex() {
        return link.ifindex();
    }

    /** {@return the interface's name} */
    public String name() {
        return link.name();
    }

    /** {@return the Ethernet address, see {@link io.fastpath.afxdpnative.netlink.MacAddress}} */
    public long mac() {
        return link.mac();
    }

    /** {@return bytes of a packet, link header not counted} */
    public int mtu() {
        return link.mtu();
    }

    /** {@return the index of a veth's other end, which may be in another network namespace; empty if not a veth} */
    public OptionalInt vethPeerIfindex() {
        return link.isVeth() ? OptionalInt.of(link.lowerIfindex()) : OptionalInt.empty();
    }

    /** {@return the tag, if this is a VLAN interface} */
    public Optional<LinkVlan> vlan() {
        return link.vlan();
    }

    /** {@return the index of the interface that a VLAN interface stands on; empty if not a VLAN interface} */
    public OptionalInt vlanParentIfindex() {
        return link.vlan().isPresent() ? OptionalInt.of(link.lowerIfindex()) : OptionalInt.empty();
    }

    /** {@return the bond, bridge or VRF that this interface is a port of; {@link Link#masterKind()} says which kind} */
    public OptionalInt masterIfindex() {
        return link.masterIfindex() != 0 ? OptionalInt.of(link.masterIfindex()) : OptionalInt.empty();
    }

    private static List<String> names(final List<Link> links) {
        return links.stream().map(Link::name).sorted().toList();
    }
}
