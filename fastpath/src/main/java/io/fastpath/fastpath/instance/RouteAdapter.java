package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.Neighbour;
import io.fastpath.afxdpnative.netlink.NetworkView;
import io.fastpath.afxdpnative.netlink.RouteTable;
import io.fastpath.afxdpnative.netlink.RouteType;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.nexthop.RouteLookup;
import java.util.List;
import java.util.Map;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The kernel's routes as workers ask for them. A route by a VLAN device becomes one by its parent, with the tag. Any
 * thread asks; the control thread renews the picture of the VLAN devices.
 */
final class RouteAdapter implements RouteLookup {
    private final NetworkView network;
    private volatile Int2ObjectHashMap<Tagged> vlans;

    private record Tagged(int parentIfindex, int tag) {}

    /**
     * An adapter.
     *
     * @param network the control thread's picture
     */
    RouteAdapter(final NetworkView network) {
        this.network = network;
        linksChanged();
    }

    /** Takes over which interfaces are VLAN devices; control thread. */
    void linksChanged() {
        final Int2ObjectHashMap<Tagged> fresh = new Int2ObjectHashMap<>();
        final List<Link> links = network.links();
        for (final Link link : links) {
            link.vlan()
                    .ifPresent(vlan -> fresh.put(
                            link.ifindex(), new Tagged(link.lowerIfindex(), tag(vlan.protocol(), vlan.id()))));
        }
        vlans = fresh;
    }

    /**
     * Where a neighbour of the kernel is, as next hops are named; control thread.
     *
     * @param neighbour of the kernel
     * @param key receives interface, address, and the tag if the interface is a VLAN device
     * @return the key
     */
    NextHopKey locate(final Neighbour neighbour, final NextHopKey key) {
        final Tagged tagged = vlans.get(neighbour.ifindex());
        key.set(
                tagged == null ? neighbour.ifindex() : tagged.parentIfindex(),
                neighbour.address().high(),
                neighbour.address().low());
        return tagged == null ? key : key.tags(1, tagged.tag(), 0);
    }

    /**
     * The kernel's device for a next hop; control thread.
     *
     * @param hops the next-hop table
     * @param index of the hop
     * @return its interface, or the VLAN device of its tag; 0 if the kernel has none for its tags
     */
    int deviceOf(final NextHopTable hops, final int index) {
        if (hops.tagCount(index) == 0) {
            return hops.ifindex(index);
        }
        final Tagged wanted = new Tagged(hops.ifindex(index), hops.outerTag(index));
        return hops.tagCount(index) > 1
                ? 0
                : vlans.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(wanted))
                        .mapToInt(Map.Entry::getKey)
                        .findFirst()
                        .orElse(0);
    }

    @Override
    public boolean lookup(final long destination0, final long destination1, final NextHopKey hop) {
        final RouteTable routes = network.routes();
        final int route = routes.lookup(destination0, destination1);
        if (route == RouteTable.NO_ROUTE || routes.type(route) != RouteType.UNICAST) {
            return false;
        }
        final int ifindex = routes.ifindex(route);
        final Tagged tagged = vlans.get(ifindex);
        final int egress = tagged == null ? ifindex : tagged.parentIfindex();
        if (routes.isOnLink(route)) {
            hop.set(egress, destination0, destination1);
        } else {
            hop.set(egress, routes.gatewayHigh(route), routes.gatewayLow(route));
        }
        if (tagged != null) {
            hop.tags(1, tagged.tag(), 0);
        }
        return true;
    }

    /** TPID and TCI as they stand in memory, both in network order. */
    private static int tag(final int protocol, final int id) {
        return Integer.reverseBytes(protocol << 16 | id);
    }
}
