package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.AF_INET;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.ROUTE_LENGTH;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Decodes RTM_NEWROUTE and RTM_DELROUTE. Answers null for what a look-up by destination alone can't use: other tables
 * than main and local, routes for one type of service or source prefix only, cached clones, and IPv6 routes inside the
 * mapped prefix ({@code ::ffff:0:0/96}), where fastpath keeps IPv4.
 *
 * <pre>
 *   0        1             2             3     4       5          6       7      8       12
 *  +--------+-------------+-------------+-----+-------+----------+-------+------+-------+------------+
 *  | family | dst length  | src length  | tos | table | protocol | scope | type | flags | attributes |
 *  +--------+-------------+-------------+-----+-------+----------+-------+------+-------+------------+
 * </pre>
 *
 * Source: {@code linux/rtnetlink.h}, {@code struct rtmsg}, {@code struct rtnexthop}, {@code struct rtvia}.
 */
final class RouteDecoder {
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTA_ENCAP_TYPE = 21;
    private static final int RTAX_MTU = 2;
    private static final int RTM_F_CLONED = 0x200;
    private static final int NEXT_HOP_FLAGS_MASK = 0xFF;
    private static final int NEXT_HOP_LENGTH = 8;

    private final DirectBuffer buffer;
    private final int offset;
    private IpAddress destination;
    private int table;
    private long metric;
    private int mtu;
    private IpAddress source = IpAddress.NONE;
    private int ifindex;
    private IpAddress gateway = IpAddress.NONE;
    private boolean encapsulated;
    private List<NextHop> nextHops = List.of();

    private RouteDecoder(final DirectBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
        table = field(4);
        destination = field(0) == AF_INET ? IpAddress.of(new byte[IpAddress.IPV4_LENGTH]) : IpAddress.NONE;
    }

    /** Decode one payload. See {@link NetlinkDecoder#decode}. */
    static Route decode(final DirectBuffer buffer, final int offset, final int length) {
        final AttributeCursor attributes = new AttributeCursor().wrapAfter(buffer, offset, length, ROUTE_LENGTH);
        final RouteDecoder route = new RouteDecoder(buffer, offset);
        if (!route.isPlain()) {
            return null;
        }
        while (attributes.next()) {
            route.take(attributes);
        }
        return route.build();
    }

    private boolean isPlain() {
        return RtnetlinkDescriptor.isInternet(field(0))
                && field(2) == 0
                && field(3) == 0
                && (buffer.getInt(offset + 8) & RTM_F_CLONED) == 0;
    }

    private void take(final AttributeCursor attribute) {
        switch (attribute.type()) {
            case RTA_DST -> destination = attribute.address();
            case RTA_TABLE -> table = attribute.s32();
            case RTA_OIF -> ifindex = attribute.s32();
            case RTA_GATEWAY -> gateway = attribute.address();
            case RTA_VIA -> gateway = via(attribute);
            case RTA_PRIORITY -> metric = attribute.u32();
            case RTA_PREFSRC -> source = attribute.address();
            case RTA_METRICS -> mtu = mtu(attribute.nested());
            case RTA_MULTIPATH -> nextHops = multipath(attribute.offset(), attribute.length());
            case RTA_ENCAP_TYPE -> encapsulated = true;
            default -> {}
        }
    }

    private static int mtu(final AttributeCursor metrics) {
        int mtu = 0;
        while (metrics.next()) {
            if (metrics.type() == RTAX_MTU) {
                mtu = (int) Math.min(metrics.u32(), Integer.MAX_VALUE);
            }
        }
        return mtu;
    }

    private IpAddress via(final AttributeCursor attribute) {
        return IpAddress.read(buffer, attribute.offset() + Short.BYTES, attribute.length() - Short.BYTES);
    }

    private List<NextHop> multipath(final int start, final int length) {
        final List<NextHop> hops = new ArrayList<>();
        int position = start;
        int remaining = length;
        while (remaining > 0) {
            final int hopLength = remaining < NEXT_HOP_LENGTH ? 0 : buffer.getShort(position) & 0xFFFF;
            if (hopLength < NEXT_HOP_LENGTH || hopLength > remaining) {
                throw new NetlinkFormatException(
                        "next hop of " + hopLength + " bytes where " + remaining + " are left");
            }
            hops.add(nextHop(position, hopLength));
            final int step = Math.min(NetlinkDescriptor.align(hopLength), remaining);
            position += step;
            remaining -= step;
        }
        return hops;
    }

    private NextHop nextHop(final int start, final int length) {
        final AttributeCursor attributes = new AttributeCursor().wrapAfter(buffer, start, length, NEXT_HOP_LENGTH);
        IpAddress via = IpAddress.NONE;
        while (attributes.next()) {
            switch (attributes.type()) {
                case RTA_GATEWAY -> via = attributes.address();
                case RTA_VIA -> via = via(attributes);
                case RTA_ENCAP_TYPE -> encapsulated = true;
                default -> {}
            }
        }
        final int flags = buffer.getByte(start + 2) & 0xFF;
        final int weight = (buffer.getByte(start + 3) & 0xFF) + 1;
        return new NextHop(buffer.getInt(start + 4), via, weight, flags);
    }

    private Route build() {
        if (table != Route.TABLE_MAIN && table != Route.TABLE_LOCAL) {
            return null;
        }
        final int mappedBits = RtnetlinkDescriptor.mappedBits(field(0));
        final int prefixLength = field(1) + mappedBits;
        if (prefixLength > Prefixes.LENGTH_LIMIT || mappedBits != 0 && !destination.isIpv4()) {
            throw new NetlinkFormatException("route to " + destination + ", mapped prefix length " + prefixLength);
        }
        if (mappedBits == 0 && destination.isIpv4()) {
            return null;
        }
        if (nextHops.isEmpty() && ifindex != 0) {
            final int flags = buffer.getInt(offset + 8) & NEXT_HOP_FLAGS_MASK;
            nextHops = List.of(new NextHop(ifindex, gateway, 1, flags));
        }
        final IpAddress prefix = Prefixes.mask(destination, prefixLength);
        return new Route(prefix, prefixLength, table, type(), metric, mtu, source, List.copyOf(nextHops));
    }

    private RouteType type() {
        final RouteType type = RouteType.of(field(7));
        final boolean nowhere = type == RouteType.UNICAST && nextHops.isEmpty();
        return nowhere || encapsulated ? RouteType.UNSUPPORTED : type;
    }

    private int field(final int at) {
        return buffer.getByte(offset + at) & 0xFF;
    }
}
