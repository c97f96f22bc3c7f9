package io.fastpath.fastpath.control;

import io.fastpath.conntrack.FlowEvents;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.control.StatusReport.FlowsReport;
import io.fastpath.fastpath.control.StatusReport.FramesReport;
import io.fastpath.fastpath.control.StatusReport.InterfaceReport;
import io.fastpath.fastpath.control.StatusReport.SocketReport;
import io.fastpath.fastpath.control.StatusReport.WorkerReport;
import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.drain.FlowMover;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.BackendStats;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import io.fastpath.lb.service.TableReader;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An instance for tests: real tables in memory, two services (web: full NAT over two backends; dns: IPv6, NAT, one
 * backend), and a status of made-up numbers.
 */
public final class FakeInstance implements InstanceView {
    /** Rows: one CPU, one worker. */
    private static final int ROW_COUNT = 2;

    private static final int CPU_ROW = 0;
    private static final int WORKER_ROW = 1;

    private final List<ServiceSpec> services = List.of(
            new ServiceSpec(
                    "web",
                    Address.parse("10.7.0.100"),
                    80,
                    Protocol.TCP,
                    Forwarding.FULL_NAT,
                    251,
                    List.of(
                            new BackendSpec(Address.parse("10.8.0.11"), 8080, 1),
                            new BackendSpec(Address.parse("10.8.0.12"), 8080, 1))),
            new ServiceSpec(
                    "dns",
                    Address.parse("fd00:7::100"),
                    53,
                    Protocol.UDP,
                    Forwarding.NAT,
                    251,
                    List.of(new BackendSpec(Address.parse("fd00:8::11"), 5353, 3))));
    private final SharedTables tables;
    private final FlowTable flows;
    private final Drains drains;
    private final AtomicInteger handOverCount = new AtomicInteger();
    private volatile EngineMode mode = EngineMode.USERSPACE;

    /**
     * @param flowSlotCount slots of the flow table.
     */
    public FakeInstance(final int flowSlotCount) {
        tables = SharedTables.allocate(new TableSizes(flowSlotCount, 64, 16, 16, ROW_COUNT, 1, 4096));
        new ConfigRecord(tables.region(MapNames.CONFIG))
                .write(tables.sizes(), SnatRange.of(List.of(Address.parse("10.8.0.1")), 1024, 65535));
        new ControlRecord(tables.region(MapNames.CONTROL)).limits(2_500_000, 1536);
        final ServiceTable table = ServiceTable.attach(ServiceTables.lbMemory(tables));
        table.apply(services);
        flows = new FlowTable(
                tables.region(MapNames.FLOWS),
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.BACKENDS),
                FlowTimeouts.defaults(),
                FlowEvents.NONE);
        drains = new Drains(
                table,
                services,
                new FlowMover(
                        flows,
                        new Selector(ServiceTables.lbMemory(tables)),
                        new CounterRow(tables.region(MapNames.COUNTERS), WORKER_ROW),
                        tables.sizes().backendCapacity()),
                new BackendStats(
                        tables.region(MapNames.BACKEND_STATS),
                        ROW_COUNT,
                        tables.sizes().backendCapacity()));
    }

    /**
     * Opens a connection.
     *
     * @param service name of one of the two.
     * @param client address with a port.
     * @param backendOfService which of the service's backends.
     * @param ageNs how long ago.
     */
    public void open(final String service, final Endpoint client, final int backendOfService, final long ageNs) {
        final ServiceEntry entry = entry(service);
        final BackendEntry backend = entry.backends().get(backendOfService);
        final long handle = flows.open(
                client.address().word0(),
                client.address().word1(),
                entry.key().vip().word0(),
                entry.key().vip().word1(),
                client.portBe() | Endpoint.portBe(entry.key().port()) << 16,
                entry.key().protocol().number(),
                entry.index(),
                backend.index(),
                entry.forwarding().code(),
                FlowDescriptor.ticks(System.nanoTime() - ageNs));
        if (handle < 0) {
            throw new IllegalStateException("no room for " + client);
        }
    }

    /**
     * Adds to a worker's counter.
     *
     * @param counter to add to.
     * @param amount to add.
     */
    public void count(final Counter counter, final int amount) {
        new CounterRow(tables.region(MapNames.COUNTERS), WORKER_ROW).add(counter.code(), amount);
    }

    /**
     * Adds to a CPU's counter, as the kernel engine does.
     *
     * @param counter to add to.
     * @param amount to add.
     */
    public void countKernel(final Counter counter, final int amount) {
        new CounterRow(tables.region(MapNames.COUNTERS), CPU_ROW).add(counter.code(), amount);
    }

    /**
     * Adds to a worker's statistics of a backend.
     *
     * @param service name of one of the two.
     * @param backendOfService which of the service's backends.
     * @param wordOffset of {@link BackendStatsDescriptor}.
     * @param amount to add.
     */
    public void countBackend(
            final String service, final int backendOfService, final int wordOffset, final long amount) {
        final int index = entry(service).backends().get(backendOfService).index();
        final long record = BackendStatsDescriptor.recordOffset(
                WORKER_ROW, index, tables.sizes().backendCapacity());
        tables.region(MapNames.BACKEND_STATS).addOwned(record + wordOffset, amount);
    }

    private ServiceEntry entry(final String service) {
        final ServiceSpec spec = services.stream()
                .filter(candidate -> candidate.name().equals(service))
                .findFirst()
                .orElseThrow();
        return TableReader.services(ServiceTables.lbMemory(tables)).stream()
                .filter(candidate -> candidate.key().equals(spec.key()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Drains drains() {
        return drains;
    }

    @Override
    public Prefilter prefilter() {
        throw new UnsupportedOperationException("made-up tables have no tries");
    }

    @Override
    public StatusReport status() {
        return new StatusReport(
                "edge1",
                true,
                4711,
                "0.1.0",
                3_723_000,
                "2026-01-31T12:00:00Z",
                mode.label(),
                placement(),
                2,
                3,
                FlowsReport.of(12, 1000, 4096),
                List.of(new WorkerReport(
                        0,
                        1,
                        "backoff",
                        List.of("eth1:0", "eth2:0"),
                        5,
                        2,
                        1500,
                        1,
                        new FramesReport(100, 60, 32, 1, 2, 0, 3, 1, 1))),
                List.of(
                        new InterfaceReport(
                                "eth1", 3, "ixgbe", "up", 1500, "auto", "zerocopy", "", "incremental", List.of(0), ""),
                        new InterfaceReport(
                                "eth2",
                                4,
                                "veth",
                                "gone",
                                0,
                                "auto",
                                "copy",
                                "the driver has no zero-copy",
                                "recompute",
                                List.of(0),
                                "is gone: restart once it is back")),
                List.of(new SocketReport("eth1", 0, 0, true, 1, 2, 3, 4, 5, 6)));
    }

    @Override
    public PlacementReport placement() {
        return PlacementReport.of(mode.label(), mode.label(), "as configured", tables);
    }

    @Override
    public void place(final EngineMode wanted) {
        mode = wanted;
    }

    @Override
    public void handOver() {
        handOverCount.incrementAndGet();
    }

    /** How often another process asked for the instance. */
    public int handOverCount() {
        return handOverCount.get();
    }

    @Override
    public SharedTables tables() {
        return tables;
    }

    @Override
    public List<ServiceSpec> services() {
        return services;
    }
}
