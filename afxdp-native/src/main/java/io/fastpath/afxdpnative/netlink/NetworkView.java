package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NETLINK_ROUTE;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTMGRP_IPV4_IFADDR;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTMGRP_IPV4_ROUTE;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTMGRP_IPV6_IFADDR;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTMGRP_IPV6_ROUTE;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTMGRP_LINK;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.RTMGRP_NEIGH;

import io.fastpath.afxdpnative.netlink.TrackedTable.Change;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.util.List;
import java.util.Optional;

/**
 * A control thread's picture of its network namespace, kept current by the kernel's notifications.
 *
 * <p>Links, addresses and neighbours follow their notifications one by one. Routes are read anew whenever anything that
 * can move them was told of, because the kernel drops IPv4 routes without a word when a link goes down or an address
 * goes. Where notifications were lost (ENOBUFS) or broken, everything is read anew. Readings rest nine times as long as
 * they take; meanwhile {@link #isBehind()}.
 *
 * <p>Thread rule: one control thread opens, polls, asks and closes. {@link #generation()}, {@link #routes()}, {@link
 * #neighbours()}, {@link #links()}, {@link #link(int)} and {@link #addresses()} may be called from any thread; each
 * answers an immutable snapshot, and a generation seen means that its snapshots, or newer ones, are seen.
 */
public final class NetworkView implements AutoCloseable {
    /** Notifications the kernel may queue for us, in bytes: some 5,000 route changes between two polls. */
    static final int RECEIVE_BUFFER_LENGTH = 4 * 1024 * 1024;

    /** Datagrams applied by one poll, so that a storm can't keep the control thread from its other duties. */
    static final int DATAGRAM_LIMIT = 1024;

    private static final int GROUPS = RTMGRP_LINK
            | RTMGRP_NEIGH
            | RTMGRP_IPV4_IFADDR
            | RTMGRP_IPV4_ROUTE
            | RTMGRP_IPV6_IFADDR
            | RTMGRP_IPV6_ROUTE;

    private final NetlinkSocket notifications;
    private final RtnetlinkSocket requests;
    private final NetworkListener listener;
    private final MessageCursor message = new MessageCursor();
    private final NetworkTables tables = new NetworkTables();
    private final RefreshPace pace = new RefreshPace();
    private List<Route> publishedRoutes = List.of();
    private long resyncCount;

    private volatile List<Link> links = List.of();
    private volatile List<InterfaceAddress> addresses = List.of();
    private volatile Neighbours neighbours = Neighbours.EMPTY;
    private volatile RouteTable routes = RouteTable.EMPTY;
    private volatile long generation;

    private NetworkView(
            final NetlinkSocket notifications, final RtnetlinkSocket requests, final NetworkListener listener) {
        this.notifications = notifications;
        this.requests = requests;
        this.listener = listener;
    }

    /**
     * Open in the calling thread's network namespace and read the whole picture, without telling the listener.
     *
     * @param listener of later changes.
     * @return the view; the caller closes it.
     * @throws NativeException if the kernel refuses.
     */
    public static NetworkView open(final NetworkListener listener) {
        return open(listener, RECEIVE_BUFFER_LENGTH);
    }

    static NetworkView open(final NetworkListener listener, final int receiveBufferLength) {
        final NetlinkSocket notifications =
                NetlinkSocket.openForNotifications(NETLINK_ROUTE, GROUPS, receiveBufferLength);
        RtnetlinkSocket requests = null;
        try {
            requests = RtnetlinkSocket.open();
            final NetworkView view = new NetworkView(notifications, requests, listener);
            view.tables.refresh(requests);
            view.publish(new NetworkListener() {});
            return view;
        } catch (final RuntimeException ex) {
            if (requests != null) {
                requests.close();
            }
            notifications.close();
            throw ex;
        }
    }

    /**
     * Apply what the kernel told since the last call, publish new snapshots, and tell the listener. Doesn't wait for
     * news; where routes must be read anew, that takes some microseconds per route.
     *
     * @return datagrams applied; 0 if there was no news.
     * @throws NativeException if a table can't be read; a later poll tries again.
     */
    public int poll() {
        final int datagramCount = applyPending();
        final long startNs = System.nanoTime();
        final boolean isReading = tables.isStale() && pace.isDue(startNs);
        if (isReading) {
            refresh(startNs);
        }
        if (isReading || datagramCount > 0) {
            publish(listener);
        }
        return datagramCount;
    }

    /**
     * Wait until {@link #poll()} has something to do.
     *
     * @param timeoutMs at most this long.
     * @return whether it has.
     */
    public boolean await(final int timeoutMs) {
        final int restMs = tables.isStale() ? pace.restMs(System.nanoTime()) : Integer.MAX_VALUE;
        return notifications.await(Math.min(timeoutMs, restMs)) || restMs <= timeoutMs;
    }

    /**
     * {@return the descriptor that is readable when the kernel has news; for poll(2), not to be closed} While {@link
     * #isBehind()}, {@link #poll()} has work to do without it.
     */
    public int fd() {
        return notifications.fd();
    }

    /** {@return whether something changed that these snapshots don't show yet, because reading it anew must rest} */
    public boolean isBehind() {
        return tables.isStale();
    }

    /** {@return a number that grows with every change of the picture} */
    public long generation() {
        return generation;
    }

    /** {@return how often everything was read anew because notifications were lost or broken} */
    public long resyncCount() {
        return resyncCount;
    }

    /** {@return the routes} */
    public RouteTable routes() {
        return routes;
    }

    /** {@return the neighbours} */
    public Neighbours neighbours() {
        return neighbours;
    }

    /** {@return all links} */
    public List<Link> links() {
        return links;
    }

    /** {@return the link of an index} @param ifindex of the interface. */
    public Optional<Link> link(final int ifindex) {
        return links.stream().filter(link -> link.ifindex() == ifindex).findFirst();
    }

    /** {@return all addresses of all interfaces} */
    public List<InterfaceAddress> addresses() {
        return addresses;
    }

    /**
     * Have the kernel resolve or prove a neighbour; the outcome is news of a later poll. See {@link
     * RtnetlinkSocket#probe}. An operator's permanent entry is left alone: to prove one makes it an ordinary one (Linux 5.16,
     * {@code NTF_USE} in {@code __neigh_update}).
     *
     * @param ifindex interface.
     * @param high word of the address, see {@link IpAddress}.
     * @param low word of the address.
     */
    public void probe(final int ifindex, final long high, final long low) {
        final Neighbour known = neighbours().find(ifindex, high, low);
        if (known == null || (known.state() & NeighbourState.PERMANENT) == 0) {
            requests.probe(ifindex, new IpAddress(high, low));
        }
    }

    /** {@return the socket for requests of other kinds in the same network namespace; closed with this view} */
    public RtnetlinkSocket requests() {
        return requests;
    }

    @Override
    public void close() {
        requests.close();
        notifications.close();
    }

    private int applyPending() {
        int count = 0;
        while (count < DATAGRAM_LIMIT) {
            try {
                final int length = notifications.receive();
                if (length == 0) {
                    return count;
                }
                count++;
                message.wrap(notifications.buffer(), 0, length);
                while (message.next()) {
                    tables.apply(message);
                }
            } catch (final NetlinkFormatException ex) {
                lost();
            } catch (final NativeException ex) {
                if (!ex.is(Errno.ENOBUFS)) {
                    throw ex;
                }
                count++;
                lost();
            }
        }
        return count;
    }

    private void refresh(final long startNs) {
        try {
            tables.refresh(requests);
        } finally {
            pace.read(startNs, System.nanoTime());
        }
    }

    private void lost() {
        tables.lost();
        resyncCount++;
    }

    private void publish(final NetworkListener audience) {
        final List<Change<Link>> linkChanges = tables.links().takeChanges();
        final List<Change<Neighbour>> neighbourChanges = tables.neighbours().takeChanges();
        final boolean addressesChanged = !tables.addresses().takeChanges().isEmpty();
        final boolean routesChanged = !tables.routes().equals(publishedRoutes);
        if (linkChanges.isEmpty() && neighbourChanges.isEmpty() && !addressesChanged && !routesChanged) {
            return;
        }
        links = tables.links().values();
        addresses = tables.addresses().values();
        if (!neighbourChanges.isEmpty()) {
            neighbours = Neighbours.of(tables.neighbours().values());
        }
        if (routesChanged) {
            publishedRoutes = tables.routes();
            routes = RouteTable.of(publishedRoutes);
        }
        generation = generation + 1;
        linkChanges.forEach(change -> tellLink(audience, change));
        if (addressesChanged) {
            audience.onAddressesChanged();
        }
        if (routesChanged) {
            audience.onRoutesChanged(routes);
        }
        neighbourChanges.forEach(change -> tellNeighbour(audience, change));
    }

    private static void tellLink(final NetworkListener audience, final Change<Link> change) {
        if (change.now() == null) {
            audience.onLinkRemoved(change.before());
        } else {
            audience.onLinkChanged(change.now());
        }
    }

    private static void tellNeighbour(final NetworkListener audience, final Change<Neighbour> change) {
        if (change.now() != null) {
            audience.onNeighbourChanged(change.now());
        } else {
            final Neighbour gone = change.before();
            audience.onNeighbourChanged(
                    new Neighbour(gone.ifindex(), gone.address(), MacAddress.NONE, NeighbourState.NONE));
        }
    }
}
