package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.afxdpnative.netlink.NetworkView;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.Umem;
import io.fastpath.afxdpnative.xsk.XskMap;
import io.fastpath.afxdpnative.xsk.XskSocket;
import io.fastpath.conntrack.FlowTableSizing;
import io.fastpath.fastpath.config.ExitMode;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.control.ControlLimits;
import io.fastpath.fastpath.control.ControlServer;
import io.fastpath.fastpath.control.InstanceClaim;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.shadow.Shadowing;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.worker.FailureLog;
import io.fastpath.fastpath.worker.WarmUp;
import io.fastpath.fastpath.worker.Worker;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running balancer. {@link #start} takes everything in the order of the method's lines; after a failure at any of them,
 * and at {@link #close()}, it is given back in reverse: XDP is detached before a socket is closed, and nothing is left in
 * bpffs, on interfaces or in the run directory. One thread starts and closes.
 */
public final class Instance implements AutoCloseable {
    /** How long packets that were steered before the detaching may take to leave. */
    private static final long DRAIN_MS = 200;

    /** How long a start waits for the backends' neighbours; it goes on without them. */
    private static final long NEIGHBOUR_WAIT_MS = 5_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(Instance.class);

    /**
     * Fragments that wait for the first one of their datagram, per worker: two datagrams of 64 KiB that come backwards, at
     * Ethernet's MTU, and room for as much again; a megabyte.
     */
    private static final int HELD_FRAGMENTS = 256;

    private final InstanceConfig config;
    private final WarmUp warmUp;
    private final Runnable end;
    private final Shadowing shadowing;
    private final Unwinder undo = new Unwinder();
    private final List<WorkerUnit> workers = new ArrayList<>();
    private final Set<String> downgraded = new HashSet<>();
    private List<ServedInterface> interfaces;
    private InstanceTables loaded;
    private SharedTables tables;
    private InterfaceTable interfaceTable;
    private ServiceTable services;
    private Drains drains;
    private HopRequests requests;
    private NetworkView network;
    private NetworkRelay relay;
    private RouteAdapter routes;
    private Placement placement;
    private Prefilter prefilter;

    /** Whether what is pinned outlives this object: it was there before, or is to be handed over. */
    private boolean leaves;

    /** Whether another process asked for what is pinned; the control server's thread sets it. */
    private volatile boolean isAskedFor;

    private Instance(final InstanceConfig config, final WarmUp warmUp, final Runnable end) {
        this.config = config;
        shadowing = new Shadowing(config.engine().shadowInterval());
        this.warmUp = warmUp;
        this.end = end;
    }

    /**
     * Starts a balancer in the calling thread's network namespace.
     *
     * @param config checked
     * @param claims takes the right to be the instance, or throws
     * @param warmUp of this process; done before the first queue is taken, unless it was done before
     * @param end has the instance closed, on another thread, when another process asks for the instance
     * @return the running instance; the caller closes it
     * @throws RuntimeException with one line for the operator if it can't start; nothing is left behind then but what an
     *     earlier process had left
     */
    static Instance start(
            final InstanceConfig config,
            final Supplier<InstanceClaim> claims,
            final WarmUp warmUp,
            final Runnable end) {
        final Instance instance = new Instance(config, warmUp, end);
        boolean started = false;
        try {
            instance.start(claims.get());
            started = true;
            return instance;
        } finally {
            if (!started) {
                instance.giveBack();
            }
        }
    }

    /** Leaves the failure of the start to be seen: one of the giving back is only logged. */
    private void giveBack() {
        try {
            undo.close();
        } catch (final RuntimeException e) {
            LOGGER.error(
                    "not everything could be given back: run `fastpath detach --instance {}`: {}",
                    config.instance(),
                    e.toString());
            LOGGER.debug("failed here", e);
        }
    }

    private void start(final InstanceClaim claim) {
        undo.add(() -> {
            if (!leaves()) {
                claim.removeDirectory();
            }
            claim.close();
        });
        interfaces = ServedInterface.findAll(config);
        final List<WorkerPlan> plans = WorkerPlan.of(config.workers().cpus(), interfaces);
        final BpfFilesystem bpf = mountBpf(claim.directory());
        loadTables(bpf, plans.size());
        openNetwork();
        final BackendReachability reachability = resolveBackends();
        warmUp.run();
        openWorkers(plans);
        startShadowing(claim);
        startControl(reachability);
        joinGroups();
        final boolean adopts = leaves;
        final XdpAttachments attachments = attach(bpf);
        if (adopts) {
            new ControlRecord(tables.region(MapNames.CONTROL)).countTakeover();
        }
        startServer(claim, attachments);
        awaitNeighbours(reachability);
        placement.enforce();
        startBalance(plans);
        leaves = config.engine().onExit() == ExitMode.HANDOVER;
        LOGGER.info("engine {}: {}", placement.effective().label(), placement.reason());
        LOGGER.info(
                "ready: {} forwards {} service(s) to {} backend(s)",
                config.instance(),
                config.services().size(),
                config.backendCount());
    }

    private boolean leaves() {
        return leaves || isAskedFor;
    }

    private void handOver() {
        isAskedFor = true;
        end.run();
    }

    /** What an earlier process left is gone on with, and stays whatever becomes of this start. */
    private BpfFilesystem mountBpf(final InstanceDirectory directory) {
        final Path mountPoint = directory.bpf(config.instance());
        final BpfFilesystem left = BpfFilesystem.at(mountPoint);
        if (left.isMounted() && !InstanceTables.arePinned(left.directory())) {
            LOGGER.warn("removing what an unfinished start of instance {} left", config.instance());
            left.unmount();
        }
        leaves = left.isMounted();
        undo.add(() -> {
            if (!leaves()) {
                left.unmount();
            }
        });
        return BpfFilesystem.ensure(mountPoint);
    }

    private void loadTables(final BpfFilesystem bpf, final int workerCount) {
        final boolean adopts = leaves;
        final boolean isShadowed = config.engine().isShadowed();
        loaded = adopts
                ? InstanceTables.adopt(bpf.directory(), isShadowed)
                : InstanceTables.load(InstanceSizes.of(config, workerCount), isShadowed);
        undo.add(loaded::close);
        tables = loaded.tables();
        final TableSetup setup = new TableSetup(tables, config);
        if (adopts) {
            LOGGER.info("adopting the connections of an earlier process of instance {}", config.instance());
            setup.goOn(workerCount);
        } else {
            setup.begin();
        }
        interfaceTable = setup.interfaces(interfaces);
        services = setup.services();
        drains = setup.drains(services);
        prefilter = loaded.prefilter();
        undo.add(prefilter::close);
        setup.prefilter(prefilter);
        if (!adopts) {
            loaded.pin(bpf.directory());
        }
    }

    private void openNetwork() {
        relay = new NetworkRelay();
        network = NetworkView.open(relay);
        undo.add(network::close);
        routes = new RouteAdapter(network);
        requests = new HopRequests(tables.sizes().nextHopCapacity());
        SnatAddresses.foreign(config.snat().addresses(), network.addresses())
                .forEach(address -> LOGGER.warn(
                        "snat address {} is none of this node's: replies come back only if it is routed here",
                        address));
    }

    private BackendReachability resolveBackends() {
        final NextHopTable hops = new NextHopTable(
                tables.region(MapNames.NEXT_HOPS), tables.sizes().nextHopCapacity());
        final NextHopResolver resolver = new NextHopResolver(hops, interfaceTable, routes, requests);
        final BackendReachability reachability = new BackendReachability(services, hops, resolver, requests::request);
        reachability.requireAll();
        return reachability;
    }

    private void openWorkers(final List<WorkerPlan> plans) {
        if (plans.size() < config.workers().cpus().size()) {
            LOGGER.warn(
                    "{} worker(s) instead of {}: an interface has no more queues",
                    plans.size(),
                    config.workers().cpus().size());
        }
        for (final WorkerPlan plan : plans) {
            final WorkerUnit unit = WorkerUnit.open(
                    plan, config, (own, umem, pool, sockets) -> worker(own, plans.size(), umem, pool, sockets));
            undo.add(unit::close);
            workers.add(unit);
            refuseDowngrade(unit.copyDowngrade().cause(), unit.copyDowngrade().text());
            refuseDowngrade("umem", unit.umem().downgrade());
        }
    }

    private Worker worker(
            final WorkerPlan plan,
            final int workerCount,
            final Umem umem,
            final FramePool pool,
            final List<XskSocket> sockets) {
        final PipelineContext pipeline = new PipelineContext()
                .tables(tables)
                .frames(umem.buffer())
                .frameLength(umem.layout().frameLength())
                .rowIndex(tables.sizes().workerRow(plan.index()))
                .heldFragments(HELD_FRAGMENTS)
                .routes(routes)
                .nextHopRequests(requests)
                .flowTimeouts(config.flows().timeouts())
                .conclude();
        final List<Worker.Port> ports = sockets.stream()
                .map(socket ->
                        new Worker.Port(interfaceTable.find(socket.config().ifindex()), socket))
                .toList();
        return Worker.make(
                new Worker.Place(
                        plan.index(),
                        workerCount,
                        plan.cpu(),
                        config.workers().idle(),
                        config.engine().stallLimitNs()),
                umem,
                pool,
                ports,
                tables.region(MapNames.QUEUES),
                pipeline,
                shadowing.sampler(umem.buffer(), tables, pipeline));
    }

    /** Its last counts are the workers' to take over, so it ends before they do. */
    private void startShadowing(final InstanceClaim claim) {
        if (config.engine().isShadowed()) {
            undo.add(shadowing::close);
            shadowing.start(
                    loaded.shadowProgram(),
                    claim.directory().of(config.instance()),
                    new FailureLog(LOGGER, "the shadow thread", SystemNanoClock.INSTANCE));
        }
    }

    private void joinGroups() {
        final SolicitedNodeGroups groups = SolicitedNodeGroups.join(
                config.services().stream()
                        .filter(service -> service.key().virtual().isSingle())
                        .map(ServiceSpec::vip)
                        .distinct()
                        .toList(),
                interfaces.stream().map(ServedInterface::name).toList());
        undo.add(groups::close);
    }

    private void startControl(final BackendReachability reachability) {
        final int capacity = (int) (tables.sizes().flowSlotCount() * FlowTableSizing.LOAD_FACTOR / 2);
        final FlowWatch watch = new FlowWatch(tables, config.services(), capacity, LOGGER::warn);
        final NetworkControl control =
                new NetworkControl(tables, network, routes, requests, reachability, drains, watch);
        relay.to(MtuWatch.of(control, interfaces, UmemPlan.packetLengthLimit(config)));
        final AgentRunner runner = new AgentRunner(
                NoOpIdleStrategy.INSTANCE,
                new FailureLog(LOGGER, "the control thread", SystemNanoClock.INSTANCE),
                null,
                control);
        undo.add(runner::close);
        AgentRunner.startOnThread(runner);
    }

    private void startBalance(final List<WorkerPlan> plans) {
        final AgentRunner runner = new AgentRunner(
                new SleepingMillisIdleStrategy(AutoBalance.TICK_MS),
                new FailureLog(LOGGER, "the balance of engines", SystemNanoClock.INSTANCE),
                null,
                new AutoBalance(
                        placement,
                        new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes()),
                        plans.stream().map(WorkerPlan::cpu).collect(Collectors.toSet())));
        undo.add(runner::close);
        AgentRunner.startOnThread(runner);
    }

    private XdpAttachments attach(final BpfFilesystem bpf) {
        final List<String> obstacles = KernelReach.obstacles(interfaces);
        obstacles.forEach(obstacle -> refuseDowngrade(obstacle, obstacle));
        placement = new Placement(
                new ControlRecord(tables.region(MapNames.CONTROL)),
                config.engine().mode(),
                workers.stream().allMatch(Instance::isZeroCopy),
                obstacles.isEmpty());
        final XskMap map = new XskMap(loaded.sockets());
        workers.forEach(unit -> unit.register(map, interfaceTable::find));
        final XdpAttachments attachments = new XdpAttachments(loaded.program(), bpf.directory());
        undo.add(() -> {
            if (leaves()) {
                placement.handOver();
                attachments.leave();
            } else {
                attachments.close();
            }
            drain();
        });
        for (final ServedInterface served : interfaces) {
            attachments.attach(served);
            refuseDowngrade("xdp " + served.name(), attachments.downgrade(served.ifindex()));
        }
        attachments.endOthers();
        return attachments;
    }

    private static boolean isZeroCopy(final WorkerUnit unit) {
        return unit.sockets().sockets().stream().allMatch(XskSocket::isZeroCopy);
    }

    /** No silent downgrade: it is said, once for all workers that it concerns, and the configuration can refuse it. */
    private void refuseDowngrade(final String subject, final String downgrade) {
        if (downgrade.isEmpty() || !downgraded.add(subject)) {
            return;
        }
        if (config.refuseDowngrade()) {
            throw new InstanceException(downgrade + " (refused by `refuseDowngrade`)");
        }
        LOGGER.warn("downgrade: {}", downgrade);
    }

    private void startServer(final InstanceClaim claim, final XdpAttachments attachments) {
        final ControlServer server = ControlServer.start(
                claim,
                new InstanceStatus(
                        config,
                        tables,
                        interfaces,
                        workers,
                        attachments,
                        network,
                        placement,
                        prefilter,
                        drains,
                        this::handOver),
                ControlLimits.DEFAULT);
        undo.add(server::close);
    }

    private static void awaitNeighbours(final BackendReachability reachability) {
        if (!await(reachability::areUsable, NEIGHBOUR_WAIT_MS)) {
            LOGGER.warn(
                    "some backends have not answered ARP or neighbour discovery yet: `fastpath backends` tells which");
        }
    }

    private void drain() {
        workers.forEach(unit -> unit.worker().forgetRest());
        await(() -> workers.stream().allMatch(unit -> unit.worker().isAtRest()), DRAIN_MS);
    }

    private static boolean await(final BooleanSupplier condition, final long limitMs) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return true;
    }

    /** Ends it: detaches XDP, lets the last packets leave, and gives everything back. */
    @Override
    public void close() {
        undo.close();
    }
}
