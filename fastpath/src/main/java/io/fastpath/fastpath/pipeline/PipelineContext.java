package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.conntrack.FragmentTable;
import io.fastpath.conntrack.tcp.TcpCheck;
import io.fastpath.fastpath.nexthop.NextHopRequests;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.nexthop.RouteLookup;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.selection.SourceLists;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a {@link Pipeline} works on and with. Set what is there, call {@link #conclude} once, and hand it over; it is then
 * one worker's own. The tables' configuration record must be written before.
 */
public final class PipelineContext {
    private SharedTables tables;
    private SharedMemory frames;
    private int frameLength;
    private int rowIndex = -1;
    private int heldFragments;
    private RouteLookup routes;
    private NextHopRequests nextHopRequests;
    private FlowTimeouts flowTimeouts = FlowTimeouts.defaults();

    private CounterRow counters;
    private FlowCounters flowCounters;
    private FlowTable flowTable;
    private FragmentTable fragmentTable;
    private FragmentHold fragmentHold;
    private Selector selector;
    private NextHopTable nextHopTable;
    private InterfaceTable interfaceTable;
    private NextHopResolver resolver;

    /**
     * The shared tables.
     *
     * @param sharedTables with their configuration record written
     * @return this
     */
    public PipelineContext tables(final SharedTables sharedTables) {
        this.tables = sharedTables;
        return this;
    }

    /**
     * The worker's UMEM.
     *
     * @param umem which all offsets in batches refer to; outside the heap, aligned to 8, and longer-lived than the
     *     pipeline
     * @return this
     * @throws IllegalArgumentException if it is a view of an array
     */
    public PipelineContext frames(final UnsafeBuffer umem) {
        if (umem.byteArray() != null) {
            throw new IllegalArgumentException("frames must be outside the heap");
        }
        // An UnsafeBuffer asks at each access whether it views an array, and the compiler keeps nothing across that.
        this.frames = new SharedMemory(umem.addressOffset(), umem.capacity());
        return this;
    }

    /**
     * Size of a frame of the UMEM.
     *
     * @param bytes from one frame's offset to the next
     * @return this
     */
    public PipelineContext frameLength(final int bytes) {
        this.frameLength = bytes;
        return this;
    }

    /**
     * How many fragments may wait for the first one of their datagram; none if not set.
     *
     * @param count of fragments, each in memory of a frame's size
     * @return this
     */
    public PipelineContext heldFragments(final int count) {
        this.heldFragments = count;
        return this;
    }

    /**
     * The worker's row in counters and backend statistics.
     *
     * @param row as {@code TableSizes.workerRow} gives
     * @return this
     */
    public PipelineContext rowIndex(final int row) {
        this.rowIndex = row;
        return this;
    }

    /**
     * The kernel's routes.
     *
     * @param lookup asked on the worker's thread
     * @return this
     */
    public PipelineContext routes(final RouteLookup lookup) {
        this.routes = lookup;
        return this;
    }

    /**
     * Where missing MACs are asked for.
     *
     * @param requests called on the worker's thread
     * @return this
     */
    public PipelineContext nextHopRequests(final NextHopRequests requests) {
        this.nextHopRequests = requests;
        return this;
    }

    /**
     * How long idle connections live; defaults are {@link FlowTimeouts#defaults()}.
     *
     * @param timeouts of each state
     * @return this
     */
    public PipelineContext flowTimeouts(final FlowTimeouts timeouts) {
        this.flowTimeouts = timeouts;
        return this;
    }

    /**
     * Checks that all is there and fits together, and makes what is derived.
     *
     * @return this
     * @throws IllegalStateException naming what is missing
     * @throws IllegalArgumentException naming what does not fit
     */
    public PipelineContext conclude() {
        require(tables, "tables");
        require(frames, "frames");
        require(routes, "routes");
        require(nextHopRequests, "nextHopRequests");
        require(flowTimeouts, "flowTimeouts");
        if (frameLength < 1 || frameLength > frames.length()) {
            throw new IllegalArgumentException(
                    "frameLength is " + frameLength + ", allowed is 1 to the UMEM's " + frames.length());
        }
        if (rowIndex < 0 || rowIndex >= tables.sizes().counterRowCount()) {
            throw new IllegalArgumentException("rowIndex is " + rowIndex + ", allowed is 0 to "
                    + (tables.sizes().counterRowCount() - 1));
        }
        final SharedMemory config = configMemory();
        new ConfigRecord(config).verify();
        counters = new CounterRow(tables.region(MapNames.COUNTERS), rowIndex);
        flowCounters = new FlowCounters(
                counters,
                tables.region(MapNames.BACKEND_STATS),
                rowIndex,
                tables.sizes().backendCapacity(),
                new OpenFlows(tables));
        flowTable = new FlowTable(tables.region(MapNames.FLOWS), config, backendMemory(), flowTimeouts, flowCounters);
        fragmentTable = new FragmentTable(tables.region(MapNames.FRAGMENTS), config, flowCounters);
        fragmentHold = new FragmentHold(frames, fragmentTable, counters, heldFragments, frameLength);
        selector = new Selector(LbMemory.of(
                config,
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                backendMemory()));
        nextHopTable = new NextHopTable(
                tables.region(MapNames.NEXT_HOPS), tables.sizes().nextHopCapacity());
        interfaceTable = new InterfaceTable(tables.region(MapNames.INTERFACES));
        resolver = new NextHopResolver(nextHopTable, interfaceTable, routes, nextHopRequests);
        return this;
    }

    /**
     * The worker's flow table, for its sweep.
     *
     * @return the table
     */
    public FlowTable flowTable() {
        return flowTable;
    }

    /**
     * The worker's counters, for what happens outside the pipeline.
     *
     * @return its row
     */
    public CounterRow counters() {
        return counters;
    }

    /**
     * The next hops.
     *
     * @return the workers' side
     */
    public NextHopTable nextHopTable() {
        return nextHopTable;
    }

    /**
     * The interfaces that the instance serves.
     *
     * @return the table
     */
    public InterfaceTable interfaceTable() {
        return interfaceTable;
    }

    /**
     * The datagrams that are coming in fragments.
     *
     * @return the table
     */
    public FragmentTable fragmentTable() {
        return fragmentTable;
    }

    FragmentHold fragmentHold() {
        return fragmentHold;
    }

    Affinity affinity() {
        return new Affinity(
                configMemory(),
                tables.region(MapNames.SERVICES),
                backendMemory(),
                tables.region(MapNames.AFFINITIES),
                counters);
    }

    SourceLists sourceLists() {
        return new SourceLists(tables.region(MapNames.SERVICES), tables.region(MapNames.SOURCES));
    }

    SharedMemory frames() {
        return frames;
    }

    int frameLength() {
        return frameLength;
    }

    FlowCounters flowCounters() {
        return flowCounters;
    }

    Selector selector() {
        return selector;
    }

    NextHopResolver resolver() {
        return resolver;
    }

    RateLimiter rateLimiter() {
        return new RateLimiter(configMemory(), tables.region(MapNames.RATES), tables.region(MapNames.LIMITS), counters);
    }

    SharedMemory configMemory() {
        return tables.region(MapNames.CONFIG);
    }

    SharedMemory rateMemory() {
        return tables.region(MapNames.RATES);
    }

    SharedMemory flowTcpMemory() {
        return tables.region(MapNames.FLOW_TCP);
    }

    TcpCheck tcpCheck() {
        return new TcpCheck(tables.region(MapNames.FLOW_TCP), tables.sizes().tcpSlotCount());
    }

    OpenFlows openFlows() {
        return new OpenFlows(tables);
    }

    SharedMemory controlMemory() {
        return tables.region(MapNames.CONTROL);
    }

    SharedMemory vlanMemory() {
        return tables.region(MapNames.VLANS);
    }

    SharedMemory backendMemory() {
        return tables.region(MapNames.BACKENDS);
    }

    private static void require(final Object value, final String name) {
        if (value == null) {
            throw new IllegalStateException("pipeline context: " + name + " is not set");
        }
    }
}
