package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NETLINK_ROUTE;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_CREATE;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_REPLACE;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.ADDRESS_LENGTH;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.AF_INET;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.AF_INET6;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.NEIGHBOUR_LENGTH;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.ROUTE_LENGTH;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_GETADDR;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_GETLINK;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_GETNEIGH;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_GETROUTE;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_NEWNEIGH;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the kernel about links, addresses, routes and neighbours of the network namespace in which it was opened. Owned by
 * one thread; each call blocks for the kernel's answer, normally for tens of microseconds.
 *
 * <p>Every method throws {@link NativeException} if the kernel refuses, and {@link NetlinkFormatException} if an answer
 * breaks its format. Reading needs no privilege; changing neighbours needs CAP_NET_ADMIN.
 */
public final class RtnetlinkSocket implements AutoCloseable {
    /** Longest interface name, without its NUL ({@code IFNAMSIZ}). */
    private static final int NAME_LENGTH_LIMIT = 15;

    private static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;
    private static final int LOOPBACK_IFINDEX = 1;

    private final NetlinkExchange exchange;
    private final MessageWriter request = new MessageWriter();

    private RtnetlinkSocket(final NetlinkExchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Open in the calling thread's network namespace.
     *
     * @return the socket; the caller closes it.
     */
    public static RtnetlinkSocket open() {
        return new RtnetlinkSocket(new NetlinkExchange(NetlinkSocket.openForRequests(NETLINK_ROUTE)));
    }

    /** {@return all links} */
    public List<Link> links() {
        beginLink(0);
        return exchange.dump(request, "list links (RTM_GETLINK)", LinkDecoder::decode);
    }

    /**
     * {@return one link, empty if there is none of that name}
     *
     * @param name of an interface; one that can't be a name isn't there.
     */
    public Optional<Link> link(final String name) {
        final int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > NAME_LENGTH_LIMIT || name.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        beginLink(0);
        request.attribute(LinkDecoder.IFLA_IFNAME, name);
        return oneLink("get link " + name + " (RTM_GETLINK)");
    }

    /**
     * {@return one link, empty if there is none of that index}
     *
     * @param ifindex of an interface.
     */
    public Optional<Link> link(final int ifindex) {
        if (ifindex <= 0) {
            return Optional.empty();
        }
        beginLink(ifindex);
        return oneLink("get link " + ifindex + " (RTM_GETLINK)");
    }

    /** {@return all IPv4 and IPv6 addresses of all interfaces} */
    public List<InterfaceAddress> addresses() {
        return dumpFamilies(RTM_GETADDR, ADDRESS_LENGTH, "list addresses (RTM_GETADDR)", AddressDecoder::decode);
    }

    /** {@return the IPv4 and IPv6 routes of tables main and local, in the kernel's order} */
    public List<Route> routes() {
        return dumpFamilies(RTM_GETROUTE, ROUTE_LENGTH, "list routes (RTM_GETROUTE)", RouteDecoder::decode);
    }

    /** {@return all ARP and neighbour-discovery entries} */
    public List<Neighbour> neighbours() {
        return dumpFamilies(RTM_GETNEIGH, NEIGHBOUR_LENGTH, "list neighbours (RTM_GETNEIGH)", NeighbourDecoder::decode);
    }

    /**
     * Have the kernel resolve a neighbour, or prove it anew where its proof is old, by ARP or neighbour discovery. Returns
     * at once; the outcome is news of the neighbour. The kernel solicits an IPv6 neighbour from the interface's link-local
     * address only, and stays silent where there is none.
     *
     * @param ifindex interface.
     * @param address of the neighbour.
     */
    public void probe(final int ifindex, final IpAddress address) {
        beginNeighbour(ifindex, address, NeighbourState.NONE, NeighbourDecoder.NTF_USE);
        exchange.execute(request, "probe neighbour " + address + " on interface " + ifindex + " (RTM_NEWNEIGH)");
    }

    /**
     * Write a neighbour entry, over an existing one too.
     *
     * @param ifindex interface.
     * @param address of the neighbour.
     * @param mac its Ethernet address.
     * @param state for example {@link NeighbourState#STALE}, {@link NeighbourState#REACHABLE}.
     */
    public void setNeighbour(final int ifindex, final IpAddress address, final long mac, final int state) {
        beginNeighbour(ifindex, address, state, 0);
        request.attribute(NeighbourDecoder.NDA_LLADDR, MacAddress.bytes(mac));
        exchange.execute(
                request,
                "set neighbour " + address + " to " + MacAddress.format(mac) + " on interface " + ifindex
                        + " (RTM_NEWNEIGH)");
    }

    /**
     * Wait until a configuration change that is under way in the kernel is through. The kernel tells that a link goes down
     * before it drops that link's IPv4 routes, and drops them without a word; both happen under one lock, and this request
     * waits for that lock.
     */
    void awaitConfigurationLock() {
        link(LOOPBACK_IFINDEX);
    }

    @Override
    public void close() {
        exchange.close();
    }

    private void beginLink(final int ifindex) {
        request.begin(RTM_GETLINK, 0).s32(0).s32(ifindex).s32(0).s32(0);
        request.attribute(LinkDecoder.IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    private Optional<Link> oneLink(final String text) {
        try {
            return exchange.get(request, text, LinkDecoder::decode).stream().findFirst();
        } catch (final NativeException ex) {
            if (ex.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw ex;
        }
    }

    private void beginNeighbour(final int ifindex, final IpAddress address, final int state, final int flags) {
        request.begin(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE)
                .s32(address.isIpv4() ? AF_INET : AF_INET6)
                .s32(ifindex)
                .u16(state)
                .u8(flags)
                .u8(0)
                .attribute(NeighbourDecoder.NDA_DST, address.bytes());
    }

    /** A kernel without a family answers with all families it has: take of each answer only the family asked for. */
    private <T> List<T> dumpFamilies(
            final int type, final int fixedLength, final String text, final NetlinkDecoder<T> decoder) {
        final List<T> all = new ArrayList<>();
        for (final int family : new int[] {AF_INET, AF_INET6}) {
            request.begin(type, 0).u8(family);
            for (int i = 1; i < fixedLength; i++) {
                request.u8(0);
            }
            all.addAll(exchange.dump(
                    request,
                    text,
                    (buffer, offset, length) -> length > 0 && buffer.getByte(offset) == family
                            ? decoder.decode(buffer, offset, length)
                            : null));
        }
        return all;
    }
}
