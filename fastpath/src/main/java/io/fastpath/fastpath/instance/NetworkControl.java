package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.Neighbour;
import io.fastpath.afxdpnative.netlink.NeighbourState;
import io.fastpath.afxdpnative.netlink.NetworkListener;
import io.fastpath.afxdpnative.netlink.NetworkView;
import io.fastpath.afxdpnative.netlink.RouteTable;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.nexthop.FlowRerouter;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.nexthop.NextHopReclaimer;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.worker.LogPace;
import io.fastpath.kernelbpf.layout.MapNames;
import org.agrona.concurrent.Agent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control thread's duty cycle: what the kernel tells of links, routes and neighbours goes into the next-hop table, and
 * what workers ask for goes to the kernel. So the kernel's tables stay the truth, and workers never wait for it.
 *
 * <p>The kernel does not see the traffic that passes through the workers, and would forget an unused neighbour. Every hop
 * in use is therefore proved again each {@link #PROVE_INTERVAL_NS}.
 */
final class NetworkControl implements Agent, NetworkListener {
    /** Longest sleep of an idle turn: how long a worker's request may wait. */
    private static final int WAIT_MS = 5;

    /** Requests served in a turn; each is a system call of some microseconds. */
    private static final int REQUEST_LIMIT = 64;

    /** A fraction of the kernel's gc_stale_time of 60 s. */
    static final long PROVE_INTERVAL_NS = 15_000_000_000L;

    /** How often the kernel is asked for a neighbour that has not answered; it gives up after three seconds itself. */
    static final long RETRY_INTERVAL_NS = 500_000_000L;

    /** How often hops that nobody needs are looked for. */
    static final long RECLAIM_INTERVAL_NS = 5_000_000_000L;

    /**
     * After the last change of routes, everything is looked up once more: by then a worker that asked for a route before
     * the change has stored what it was told.
     */
    static final long CONFIRM_DELAY_NS = 1_000_000_000L;

    private static final Logger LOGGER = LoggerFactory.getLogger(NetworkControl.class);

    private final NetworkView network;
    private final RouteAdapter routes;
    private final HopRequests requests;
    private final NextHopTable hops;
    private final NextHopMaintenance maintenance;
    private final NextHopReclaimer reclaimer;
    private final InterfaceTable interfaces;
    private final BackendReachability reachability;
    private final Drains drains;
    private final FlowWatch flowWatch;
    private final NextHopKey key = new NextHopKey();
    private long nextProofNs;
    private long nextRetryNs;
    private final NetworkLog log = new NetworkLog();
    private final LogPace changePace = new LogPace(NetworkLog.INTERVAL_NS);
    private final FlowRerouter rerouter;
    private long nextReclaimNs;
    private boolean routesPending;
    private boolean confirmPending;
    private long confirmNs;

    /**
     * A control agent over tables that workers are using, or will use.
     *
     * @param tables of the instance
     * @param network opened by the same thread's namespace; closed by the caller
     * @param routes renewed when links change
     * @param requests of the workers
     * @param reachability told when routes change
     * @param drains has its turn too
     * @param flowWatch has its turn too
     */
    NetworkControl(
            final SharedTables tables,
            final NetworkView network,
            final RouteAdapter routes,
            final HopRequests requests,
            final BackendReachability reachability,
            final Drains drains,
            final FlowWatch flowWatch) {
        this.network = network;
        this.routes = routes;
        this.requests = requests;
        this.reachability = reachability;
        this.drains = drains;
        this.flowWatch = flowWatch;
        hops = new NextHopTable(
                tables.region(MapNames.NEXT_HOPS), tables.sizes().nextHopCapacity());
        maintenance = new NextHopMaintenance(hops);
        reclaimer = new NextHopReclaimer(hops, tables.region(MapNames.FLOWS), tables.region(MapNames.BACKENDS));
        interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        OwnAddresses.write(network.addresses(), interfaces);
        rerouter = new FlowRerouter(
                tables.region(MapNames.FLOWS), hops, new NextHopResolver(hops, interfaces, routes, requests));
    }

    @Override
    public int doWork() {
        final long nowNs = System.nanoTime();
        int work = network.poll();
        work += serveRequests(nowNs);
        applyRoutes(nowNs);
        work += rerouter.poll(nowNs);
        work += drains.poll(nowNs);
        work += flowWatch.poll(nowNs);
        if (nowNs - nextRetryNs >= 0) {
            nextRetryNs = nowNs + RETRY_INTERVAL_NS;
            maintenance.forEachCurrent(this::askAgain);
        }
        if (nowNs - nextProofNs >= 0) {
            nextProofNs = nowNs + PROVE_INTERVAL_NS;
            maintenance.forEachCurrent(this::ask);
        }
        if (nowNs - nextReclaimNs >= 0) {
            nextReclaimNs = nowNs + RECLAIM_INTERVAL_NS;
            reclaimer.poll(nowNs);
        }
        log.poll(nowNs);
        if (work == 0) {
            network.await(WAIT_MS);
        }
        return work;
    }

    @Override
    public String roleName() {
        return "fastpath-control";
    }

    @Override
    public void onRoutesChanged(final RouteTable table) {
        log.routesChanged();
        routesPending = true;
    }

    @Override
    public void onAddressesChanged() {
        OwnAddresses.write(network.addresses(), interfaces);
    }

    @Override
    public void onNeighbourChanged(final Neighbour neighbour) {
        routes.locate(neighbour, key);
        if (neighbour.isUsable()) {
            proveSoonUnless(maintenance.neighbourFound(key, neighbour.mac(), System.nanoTime()));
        } else if ((neighbour.state() & NeighbourState.FAILED) != 0) {
            proveSoonUnless(maintenance.neighbourLost(key));
        }
        // One that the kernel merely forgot stays in use; the next proof asks for it again.
    }

    @Override
    public void onLinkChanged(final Link link) {
        routes.linksChanged();
        final int slot = interfaces.find(link.ifindex());
        if (slot == InterfaceTable.NOT_FOUND) {
            return;
        }
        final long macBefore = interfaces.macMemory(slot);
        final int mtuBefore = interfaces.mtu(slot);
        interfaces.put(link.ifindex(), interfaces.queueCount(slot), interfaces.flags(slot), link.mac(), link.mtu());
        if (interfaces.macMemory(slot) != macBefore || interfaces.mtu(slot) != mtuBefore) {
            if (changePace.admits(System.nanoTime())) {
                LOGGER.warn("interface {} changed its MAC address or MTU{}", link.name(), changePace.leftOut());
            }
            routesPending = true;
        }
        log.link(slot, link.name(), link.isUsable());
    }

    @Override
    public void onLinkRemoved(final Link link) {
        routes.linksChanged();
        if (interfaces.find(link.ifindex()) != InterfaceTable.NOT_FOUND) {
            LOGGER.error("interface {} is gone, and with it its queues: restart once it is back", link.name());
            maintenance.interfaceGone(link.ifindex());
        }
    }

    /** A worker held the record: the kernel, asked again at the next turn, tells it again. */
    private void proveSoonUnless(final boolean done) {
        if (!done) {
            nextProofNs = System.nanoTime();
        }
    }

    private int serveRequests(final long nowNs) {
        int count = 0;
        while (count < REQUEST_LIMIT) {
            final int index = requests.poll();
            if (index < 0) {
                break;
            }
            resolve(index, nowNs);
            count++;
        }
        return count;
    }

    /** Takes what the kernel knows already; otherwise has it find out, and the answer is news of a later turn. */
    private void resolve(final int index, final long nowNs) {
        final Neighbour known =
                network.neighbours().find(routes.deviceOf(hops, index), hops.gateway0(index), hops.gateway1(index));
        if (known != null && known.isUsable()) {
            maintenance.neighbourFound(routes.locate(known, key), known.mac(), nowNs);
        }
        ask(index);
    }

    /** Hops and backends at once, flows as the walk meets them; all again when a change is old enough. */
    private void applyRoutes(final long nowNs) {
        if (!routesPending && !(confirmPending && nowNs - confirmNs >= 0)) {
            return;
        }
        confirmPending = routesPending;
        confirmNs = nowNs + CONFIRM_DELAY_NS;
        routesPending = false;
        maintenance.interfacesChanged(interfaces);
        log.unreachable(reachability.resolveAll());
        rerouter.begin();
    }

    private void askAgain(final int index) {
        if (!NextHopTable.isUsable(hops.state(index))) {
            ask(index);
        }
    }

    /** A hop with tags that the kernel has no device for is known by its frames alone. */
    private void ask(final int index) {
        final int device = routes.deviceOf(hops, index);
        if (device == 0) {
            return;
        }
        try {
            network.probe(device, hops.gateway0(index), hops.gateway1(index));
        } catch (final NativeException e) {
            LOGGER.debug("next hop {}: {}", index, e.getMessage());
        }
    }
}
