package io.fastpath.afxdpnative.netlink;

import java.util.List;

/**
 * A route of the kernel. Immutable.
 *
 * @param destination first address of the prefix, host bits zero.
 * @param prefixLength bits of the prefix; for IPv4 counted in the mapped form, so /24 is 120.
 * @param table routing table, {@link #TABLE_MAIN} or {@link #TABLE_LOCAL}.
 * @param type what to do.
 * @param metric priority; of two routes to one prefix the smaller wins.
 * @param mtu bytes of a packet by the route's own metric, or 0.
 * @param source preferred source address, or {@link IpAddress#NONE}.
 * @param nextHops all of them in the kernel's order; empty for a route that sends nothing.
 */
public record Route(
        IpAddress destination,
        int prefixLength,
        int table,
        RouteType type,
        long metric,
        int mtu,
        IpAddress source,
        List<NextHop> nextHops) {
    /** The table that routes are put into by default. */
    public static final int TABLE_MAIN = 254;

    /** The kernel's own table of local and broadcast addresses, asked first. */
    public static final int TABLE_LOCAL = 255;
}
