package io.fastpath.fastpath.replay;

import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceConfig;
import io.fastpath.fastpath.config.StaticConfig;
import io.fastpath.fastpath.instance.InstanceSizes;
import io.fastpath.fastpath.instance.ServiceLimits;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.nexthop.NextHopReclaimer;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.fastpath.tables.VlanTable;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.ServiceTable;
import io.fastpath.lb.service.SourcePublisher;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An engine's tables as an instance would have them, and what its control thread and its sweep do to them, at the
 * capture's time. The network is the configuration's section {@code static}. One thread.
 *
 * <p>The secret of the flow table is a fixed one, so that a replay gives the same each time.
 */
final class ReplayWorld {
    /** Interfaces have the indices from here on: none that a fresh namespace gives out by itself. */
    static final int FIRST_IFINDEX = 101;

    static final int FRAME_LENGTH = 4096;
    static final int HEADROOM = 256;

    /** What an instance's control thread does as often. */
    private static final long PROVE_INTERVAL_NS = 15_000_000_000L;

    private static final long RECLAIM_INTERVAL_NS = 5_000_000_000L;

    /** How long an instance's sweep takes for a pass. */
    private static final long PASS_NS = 10_000_000_000L;

    private static final long SECRET_SEED = 0x5eed_0f_4e91a9L;

    private final InstanceConfig config;
    private final SharedTables tables;
    private final Map<String, Integer> ifindexes = new LinkedHashMap<>();
    private final UnsafeBuffer frames =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(FRAME_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final Deque<Integer> requests = new ArrayDeque<>();
    private final PipelineContext pipeline;
    private final NextHopMaintenance maintenance;
    private final NextHopReclaimer reclaimer;
    private final FlowSweeper sweeper;
    private final CounterReader counters;
    private final long slotIntervalNs;
    private long nextProofNs;
    private long nextReclaimNs;
    private long sweptNs;

    /**
     * Fills tables.
     *
     * @param config with a section {@code static} for all its interfaces
     * @param tables all zero, of {@link #sizes}
     * @param startNs the first time
     */
    ReplayWorld(final InstanceConfig config, final SharedTables tables, final long startNs) {
        this.config = config;
        this.tables = tables;
        for (final InterfaceConfig each : config.interfaces()) {
            ifindexes.put(each.name(), FIRST_IFINDEX + ifindexes.size());
        }
        writeRecords();
        serve();
        final StaticRoutes routes = new StaticRoutes(config.network(), ifindexes);
        final ServiceTable services = ServiceTable.attach(lbMemory());
        services.apply(config.services());
        new SourcePublisher(lbMemory(), tables.region(MapNames.SOURCES)).publish(config.services());
        new ServiceLimits(config).write(services, tables);
        pipeline = new PipelineContext()
                .tables(tables)
                .frames(frames)
                .frameLength(FRAME_LENGTH)
                .rowIndex(tables.sizes().workerRow(0))
                .routes(routes)
                .nextHopRequests(requests::add)
                .flowTimeouts(config.flows().timeouts())
                .conclude();
        final NextHopTable hops = pipeline.nextHopTable();
        maintenance = new NextHopMaintenance(hops);
        reclaimer = new NextHopReclaimer(hops, tables.region(MapNames.FLOWS), tables.region(MapNames.BACKENDS));
        sweeper = new FlowSweeper(pipeline.flowTable(), 0, 1, hops::isForgettable);
        counters = new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes());
        slotIntervalNs = Math.max(1, PASS_NS / tables.sizes().flowSlotCount());
        sweptNs = startNs;
        nextReclaimNs = startNs;
        resolveBackends(services, routes, startNs);
        advance(startNs);
    }

    /** Sizes of the tables of a configuration. */
    static TableSizes sizes(final InstanceConfig config) {
        return InstanceSizes.of(config, 1);
    }

    SharedTables tables() {
        return tables;
    }

    PipelineContext pipeline() {
        return pipeline;
    }

    UnsafeBuffer frames() {
        return frames;
    }

    /** Indices of the configured interfaces, by their names. */
    Map<String, Integer> ifindexes() {
        return ifindexes;
    }

    Steering steering() {
        return new Steering(
                new Selector(lbMemory()),
                pipeline.flowTable(),
                pipeline.fragmentTable(),
                TupleHash.of(tables.region(MapNames.CONFIG), ConfigDescriptor.HASH_KEY_OFFSET));
    }

    long count(final Counter counter) {
        return counters.total(counter);
    }

    /** Where a backend is, for people. */
    String backend(final int backendIndex) {
        final SharedMemory backends = tables.region(MapNames.BACKENDS);
        final long record = BackendDescriptor.recordOffset(backendIndex);
        final int portBe = backends.getShort(record + BackendDescriptor.PORT_BE_OFFSET) & 0xffff;
        return new Endpoint(Address.load(backends, record + BackendDescriptor.ADDRESS_OFFSET), Endpoint.portBe(portBe))
                .toString();
    }

    /** Does what is due before a packet: a share of the sweep, proofs of next hops. */
    void advance(final long nowNs) {
        final long due = (nowNs - sweptNs) / slotIntervalNs;
        if (due > 0) {
            sweptNs += due * slotIntervalNs;
            sweeper.sweep(FlowDescriptor.ticks(nowNs), (int) Math.min(due, Integer.MAX_VALUE));
        }
        if (nowNs - nextProofNs >= 0) {
            nextProofNs = nowNs + PROVE_INTERVAL_NS;
            config.network().neighbours().forEach(neighbour -> prove(neighbour, nowNs));
        }
        if (nowNs - nextReclaimNs >= 0) {
            nextReclaimNs = nowNs + RECLAIM_INTERVAL_NS;
            reclaimer.poll(nowNs);
        }
    }

    /** Answers what a packet's engine asked for. */
    void serveRequests(final long nowNs) {
        final NextHopTable hops = pipeline.nextHopTable();
        for (Integer index = requests.poll(); index != null; index = requests.poll()) {
            for (final StaticConfig.Neighbour neighbour : config.network().neighbours()) {
                if (hops.ifindex(index) == ifindexes.get(neighbour.link())
                        && hops.gateway0(index) == neighbour.address().word0()
                        && hops.gateway1(index) == neighbour.address().word1()) {
                    prove(neighbour, nowNs);
                }
            }
        }
    }

    private void prove(final StaticConfig.Neighbour neighbour, final long nowNs) {
        final Address address = neighbour.address();
        final NextHopKey key = new NextHopKey().set(ifindexes.get(neighbour.link()), address.word0(), address.word1());
        maintenance.neighbourFound(key, neighbour.mac(), nowNs);
    }

    private void writeRecords() {
        final SharedMemory record = tables.region(MapNames.CONFIG);
        new ConfigRecord(record).write(tables.sizes(), InstanceSizes.sources(config));
        new ConfigRecord(record).writeTunnels(config.tunnels());
        final Random secret = new Random(SECRET_SEED);
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            record.putLong(ConfigDescriptor.HASH_KEY_OFFSET + (long) i * Long.BYTES, secret.nextLong());
        }
        for (int i = 0; i < ConfigDescriptor.COOKIE_KEY_WORDS; i++) {
            record.putLong(ConfigDescriptor.COOKIE_KEY_OFFSET + (long) i * Long.BYTES, secret.nextLong());
        }
        final ControlRecord control = new ControlRecord(tables.region(MapNames.CONTROL));
        control.engine(ControlDescriptor.ENGINE_KERNEL);
        control.limits(config.engine().stallLimitNs(), config.engine().spillLimit());
        control.timeouts(config.flows().timeouts());
        control.errorRate(config.icmp().errorsPerSecond());
        control.synTries(config.flows().synTries());
    }

    private void serve() {
        final InterfaceTable interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        final VlanTable vlans = new VlanTable(tables.region(MapNames.VLANS));
        for (final InterfaceConfig each : config.interfaces()) {
            final StaticConfig.Link link = link(config, each.name());
            final int slot = interfaces.put(ifindexes.get(each.name()), 1, each.flags(), link.mac(), link.mtu());
            vlans.put(slot, each.vlan().ids());
        }
    }

    /** What the configuration says of an interface; null where it says nothing. */
    static StaticConfig.Link link(final InstanceConfig config, final String name) {
        final List<StaticConfig.Link> links = config.network().links();
        return links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void resolveBackends(final ServiceTable services, final StaticRoutes routes, final long nowNs) {
        final NextHopResolver resolver =
                new NextHopResolver(pipeline.nextHopTable(), pipeline.interfaceTable(), routes, index -> {});
        for (final BackendEntry backend : services.backends()) {
            final Address address = backend.endpoint().address();
            final int hop = resolver.resolve(address.word0(), address.word1(), NextHopTable.NOT_RESOLVED, nowNs);
            services.setNextHop(backend.index(), Math.max(hop, NextHopTable.NOT_RESOLVED));
        }
    }

    private LbMemory lbMemory() {
        return LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS));
    }
}
