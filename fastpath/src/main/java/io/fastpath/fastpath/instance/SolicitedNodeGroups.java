package io.fastpath.fastpath.instance;

import io.fastpath.lb.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Membership in the solicited-node multicast groups of IPv6 VIPs (RFC 4291, 2.7.1), held for as long as this is open: a
 * network card passes a neighbour solicitation up only if the kernel has told it the group's MAC address, and the kernel
 * does that for members. Control thread.
 */
final class SolicitedNodeGroups implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(SolicitedNodeGroups.class);
    private static final byte[] PREFIX = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xff};

    private final MulticastSocket socket;

    private SolicitedNodeGroups(final MulticastSocket socket) {
        this.socket = socket;
    }

    /**
     * Joins. A group that can't be joined is logged: on a point-to-point link or behind a router nobody solicits.
     *
     * @param vips of either family; those of IPv4 need no group
     * @param interfaceNames where clients may solicit
     * @return the membership; the caller closes it
     */
    static SolicitedNodeGroups join(final Collection<Address> vips, final List<String> interfaceNames) {
        try {
            final MulticastSocket socket = new MulticastSocket(null);
            final SolicitedNodeGroups groups = new SolicitedNodeGroups(socket);
            final Set<String> joined = new HashSet<>(); // VIPs may share a group, and a second joining is refused
            for (final Address vip : vips) {
                if (!vip.isIpv4() && joined.add(HexFormat.of().formatHex(groupOf(vip)))) {
                    interfaceNames.forEach(name -> groups.join(vip, name));
                }
            }
            return groups;
        } catch (final IOException e) {
            throw new InstanceException("can't open a socket for multicast membership: " + e.getMessage(), e);
        }
    }

    /** The group of an address: its last three bytes behind ff02::1:ff00:0/104. */
    static byte[] groupOf(final Address address) {
        final byte[] group = address.bytes();
        System.arraycopy(PREFIX, 0, group, 0, PREFIX.length);
        return group;
    }

    private void join(final Address vip, final String interfaceName) {
        try {
            socket.joinGroup(
                    new InetSocketAddress(InetAddress.getByAddress(groupOf(vip)), 0),
                    NetworkInterface.getByName(interfaceName));
        } catch (final IOException e) {
            LOGGER.warn(
                    "VIP {} may stay unanswered on {}: can't join its solicited-node group: {}",
                    vip,
                    interfaceName,
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
