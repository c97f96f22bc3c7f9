package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.NetworkView;
import io.fastpath.afxdpnative.netlink.RouteTable;
import io.fastpath.afxdpnative.netlink.RouteType;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.RouteLookup;
import java.util.List;
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
