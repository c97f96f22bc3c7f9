package io.fastpath.afxdpnative.netlink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The kernel's routes at one moment, for look-up by destination. Immutable; any thread may look up, and a look-up
 * allocates nothing.
 *
 * <p>As the kernel does: table local first, then main; in a table the longest prefix; of several routes to one prefix the
 * smallest metric, then the kernel's own order. A unicast route whose next hops are all dead doesn't count. Policy rules
 * ({@code ip rule}), type of service and source prefixes are not looked at.
 *
 * <p>Of a multipath route's next hops one is chosen by a hash of the destination and the weights, among those with a
 * carrier if there are such: the same destination gets the same hop on every node that has the same route, whatever hops
 * the kernel would choose.
 *
 * <p>A look-up answers an index into this table, for the accessors of this same object.
 */
public final class RouteTable {
    /** No route. */
    public static final int NO_ROUTE = PrefixRanges.NONE;

    private static final IpAddress MAPPED_PREFIX = IpAddress.of(new byte[IpAddress.IPV4_LENGTH]);
    private static final int MAPPED_PREFIX_LENGTH = 96;
    private static final NextHop NOWHERE = new NextHop(0, IpAddress.NONE, 1, 0);

    /** A table without routes. */
    public static final RouteTable EMPTY = of(List.of());

    private final PrefixRanges local;
    private final PrefixRanges main;
    private final Hop[] hops;

    private RouteTable(final PrefixRanges local, final PrefixRanges main, final Hop[] hops) {
        this.local = local;
        this.main = main;
        this.hops = hops;
    }

    /**
     * Build the table.
     *
     * @param routes of the kernel, in its order.
     * @return the table.
     */
    public static RouteTable of(final List<Route> routes) {
        final List<Hop> hops = new ArrayList<>();
        final PrefixRanges local = ranges(routes, Route.TABLE_LOCAL, hops);
        final PrefixRanges main = ranges(routes, Route.TABLE_MAIN, hops);
        return new RouteTable(local, main, hops.toArray(new Hop[0]));
    }

    /**
     * Find the way to a destination.
     *
     * @param high word of the destination, see {@link IpAddress}.
     * @param low word of the destination.
     * @return an index for the accessors, or {@link #NO_ROUTE}.
     */
    public int lookup(final long high, final long low) {
        final long highValue = Long.reverseBytes(high);
        final long lowValue = Long.reverseBytes(low);
        int first = local.find(highValue, lowValue);
        if (first == NO_ROUTE) {
            first = main.find(highValue, lowValue);
        }
        if (first == NO_ROUTE || hops[first].shareTotal == 0) {
            return first;
        }
        final int share = (int) Long.remainderUnsigned(mix(highValue, lowValue), hops[first].shareTotal);
        int index = first;
        while (hops[index].shareEnd <= share) {
            index++;
        }
        return index;
    }

    /** {@return how many indices there are} */
    public int size() {
        return hops.length;
    }

    /** {@return what the kernel does with the packet} @param index as {@link #lookup} answered. */
    public RouteType type(final int index) {
        return hops[index].route.type();
    }

    /** {@return the interface to send on, 0 if none} @param index as {@link #lookup} answered. */
    public int ifindex(final int index) {
        return hops[index].next.ifindex();
    }

    /** {@return whether the destination itself is the neighbour} @param index as {@link #lookup} answered. */
    public boolean isOnLink(final int index) {
        return (gatewayHigh(index) | gatewayLow(index)) == 0;
    }

    /** {@return the gateway's high word; both 0 if on-link} @param index as {@link #lookup} answered. */
    public long gatewayHigh(final int index) {
        return hops[index].next.gateway().high();
    }

    /** {@return the gateway's low word; both 0 if on-link} @param index as {@link #lookup} answered. */
    public long gatewayLow(final int index) {
        return hops[index].next.gateway().low();
    }

    /** {@return the route's own MTU in bytes, 0 if it has none} @param index as {@link #lookup} answered. */
    public int mtu(final int index) {
        return hops[index].route.mtu();
    }

    /** {@return the preferred source's high word; both 0 if none} @param index as {@link #lookup} answered. */
    public long sourceHigh(final int index) {
        return hops[index].route.source().high();
    }

    /** {@return the preferred source's low word; both 0 if none} @param index as {@link #lookup} answered. */
    public long sourceLow(final int index) {
        return hops[index].route.source().low();
    }

    /** {@return the whole route} @param index as {@link #lookup} answered. */
    public Route route(final int index) {
        return hops[index].route;
    }

    private static PrefixRanges ranges(final List<Route> routes, final int table, final List<Hop> hops) {
        final Map<Prefix, Route> best = new HashMap<>();
        for (final Route route : routes) {
            if (route.table() == table && isAlive(route)) {
                best.merge(
                        new Prefix(route.destination(), route.prefixLength()),
                        route,
                        (first, second) -> second.metric() < first.metric() ? second : first);
            }
        }
        final PrefixRanges.Builder ranges = new PrefixRanges.Builder();
        if (!best.containsKey(new Prefix(MAPPED_PREFIX, MAPPED_PREFIX_LENGTH))) {
            // IPv4 must not fall through to an IPv6 default route.
            ranges.add(MAPPED_PREFIX, MAPPED_PREFIX_LENGTH, NO_ROUTE);
        }
        best.forEach((prefix, route) -> ranges.add(prefix.address, prefix.length, append(route, hops)));
        return ranges.build();
    }

    private static boolean isAlive(final Route route) {
        return route.type() != RouteType.UNICAST || !route.nextHops().stream().allMatch(NextHop::isDead);
    }

    private static int append(final Route route, final List<Hop> hops) {
        if (route.type() == RouteType.THROW) {
            return NO_ROUTE;
        }
        final int first = hops.size();
        final List<NextHop> candidates = candidates(route);
        final int total = candidates.stream().mapToInt(NextHop::weight).sum();
        int shareEnd = 0;
        for (final NextHop next : candidates) {
            shareEnd += next.weight();
            hops.add(new Hop(route, next, shareEnd, candidates.size() > 1 ? total : 0));
        }
        return first;
    }

    private static List<NextHop> candidates(final Route route) {
        if (route.nextHops().isEmpty()) {
            return List.of(NOWHERE);
        }
        if (route.nextHops().size() == 1) {
            return route.nextHops();
        }
        final List<NextHop> alive =
                route.nextHops().stream().filter(hop -> !hop.isDead()).toList();
        final List<NextHop> connected =
                alive.stream().filter(hop -> !hop.isLinkDown()).toList();
        if (!connected.isEmpty()) {
            return connected;
        }
        return alive.isEmpty() ? route.nextHops() : alive;
    }

    /** Murmur3's finalizer over both words: neighbouring destinations go separate ways. */
    private static long mix(final long high, final long low) {
        long hash = high * 0x9E3779B97F4A7C15L + low;
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }

    private record Prefix(IpAddress address, int length) {}

    private record Hop(Route route, NextHop next, int shareEnd, int shareTotal) {}
}
