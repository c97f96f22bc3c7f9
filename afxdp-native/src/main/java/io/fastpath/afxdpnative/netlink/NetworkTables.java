package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_DELADDR;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_DELLINK;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_DELNEIGH;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_DELROUTE;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_NEWADDR;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_NEWLINK;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_NEWNEIGH;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTM_NEWROUTE;

import java.util.List;

/**
 * What the kernel told so far, as tables: the pure part of {@link NetworkView}. Links, addresses and neighbours follow
 * their notifications; of routes it only notes that they must be read anew. Owned by one thread.
 */
final class NetworkTables {
    private final TrackedTable<Integer, Link> links = new TrackedTable<>(Link::ifindex);
    private final TrackedTable<Key, Neighbour> neighbours =
            new TrackedTable<>(entry -> new Key(entry.ifindex(), entry.address(), 0));
    private final TrackedTable<Key, InterfaceAddress> addresses =
            new TrackedTable<>(entry -> new Key(entry.ifindex(), entry.address(), entry.prefixLength()));
    private List<Route> routes = List.of();
    private boolean everythingStale = true;
    private boolean routesStale = true;

    TrackedTable<Integer, Link> links() {
        return links;
    }

    TrackedTable<Key, Neighbour> neighbours() {
        return neighbours;
    }

    TrackedTable<Key, InterfaceAddress> addresses() {
        return addresses;
    }

    List<Route> routes() {
        return routes;
    }

    /** {@return whether something must be read anew} */
    boolean isStale() {
        return routesStale || everythingStale;
    }

    /** Notifications were lost: nothing here is to be believed until it is read anew. */
    void lost() {
        everythingStale = true;
    }

    /** Apply the notification that the cursor stopped at. */
    void apply(final MessageCursor message) {
        switch (message.type()) {
            case RTM_NEWLINK, RTM_DELLINK -> applyLink(message);
            case RTM_NEWADDR, RTM_DELADDR -> {
                applyTo(addresses, message, AddressDecoder::decode, message.type() == RTM_NEWADDR);
                routesStale = true;
            }
            case RTM_NEWNEIGH, RTM_DELNEIGH ->
                applyTo(neighbours, message, NeighbourDecoder::decode, message.type() == RTM_NEWNEIGH);
            case RTM_NEWROUTE, RTM_DELROUTE -> routesStale = true;
            default -> {}
        }
    }

    /** Read anew what is stale. */
    void refresh(final RtnetlinkSocket kernel) {
        if (everythingStale) {
            links.replaceAll(kernel.links());
            addresses.replaceAll(kernel.addresses());
            neighbours.replaceAll(kernel.neighbours());
        }
        kernel.awaitConfigurationLock();
        routes = kernel.routes();
        everythingStale = false;
        routesStale = false;
    }

    private void applyLink(final MessageCursor message) {
        final boolean exists = message.type() == RTM_NEWLINK;
        final Link link = applyTo(links, message, LinkDecoder::decode, exists);
        if (link != null && !exists) {
            neighbours.removeIf(neighbour -> neighbour.ifindex() == link.ifindex());
            addresses.removeIf(address -> address.ifindex() == link.ifindex());
        }
        routesStale = true;
    }

    private static <V> V applyTo(
            final TrackedTable<?, V> table,
            final MessageCursor message,
            final NetlinkDecoder<V> decoder,
            final boolean exists) {
        final V value = decoder.decode(message.buffer(), message.payloadOffset(), message.payloadLength());
        if (value != null && exists) {
            table.put(value);
        } else if (value != null) {
            table.remove(value);
        }
        return value;
    }

    /** What makes an address or a neighbour the same one; the prefix length counts for addresses only. */
    record Key(int ifindex, IpAddress address, int prefixLength) {}
}
