package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.NetworkView;
import io.fastpath.afxdpnative.xsk.XskSocket;
import io.fastpath.afxdpnative.xsk.XskStatistics;
import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.fastpath.control.InstanceView;
import io.fastpath.fastpath.control.PlacementReport;
import io.fastpath.fastpath.control.StatusReport;
import io.fastpath.fastpath.control.StatusReport.FlowsReport;
import io.fastpath.fastpath.control.StatusReport.FramesReport;
import io.fastpath.fastpath.control.StatusReport.InterfaceReport;
import io.fastpath.fastpath.control.StatusReport.SocketReport;
import io.fastpath.fastpath.control.StatusReport.WorkerReport;
import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.worker.WorkerStats;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.service.ServiceSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the control socket can ask of a running instance. The control server's thread; nothing a worker owns is touched. */
final class InstanceStatus implements InstanceView {
    private static final Logger LOGGER = LoggerFactory.getLogger(InstanceStatus.class);

    private final InstanceConfig config;
    private final SharedTables tables;
    private final List<ServedInterface> interfaces;
    private final List<WorkerUnit> workers;
    private final XdpAttachments attachments;
    private final NetworkView network;
    private final Placement placement;
    private final Prefilter prefilter;
    private final Drains drains;
    private final Runnable handOver;
    private final long startedNs = System.nanoTime();
    private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    InstanceStatus(
            final InstanceConfig config,
            final SharedTables tables,
            final List<ServedInterface> interfaces,
            final List<WorkerUnit> workers,
            final XdpAttachments attachments,
            final NetworkView network,
            final Placement placement,
            final Prefilter prefilter,
            final Drains drains,
            final Runnable handOver) {
        this.config = config;
        this.tables = tables;
        this.interfaces = interfaces;
        this.workers = workers;
        this.attachments = attachments;
        this.network = network;
        this.placement = placement;
        this.prefilter = prefilter;
        this.drains = drains;
        this.handOver = handOver;
    }

    @Override
    public SharedTables tables() {
        return tables;
    }

    @Override
    public List<ServiceSpec> services() {
        return config.services();
    }

    @Override
    public PlacementReport placement() {
        return PlacementReport.of(
                placement.asked().label(), placement.effective().label(), placement.reason(), tables);
    }

    @Override
    public void place(final EngineMode mode) {
        placement.change(mode);
        LOGGER.info("engine {}: {}", placement.effective().label(), placement.reason());
    }

    @Override
    public Prefilter prefilter() {
        return prefilter;
    }

    @Override
    public Drains drains() {
        return drains;
    }

    @Override
    public void handOver() {
        LOGGER.info("another process takes over");
        handOver.run();
    }

    @Override
    public StatusReport status() {
        return new StatusReport(
                config.instance(),
                true,
                ProcessHandle.current().pid(),
                Version.text(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs),
                startedAt.toString(),
                placement.effective().label(),
                placement(),
                config.services().size(),
                config.backendCount(),
                flows(),
                workers.stream().map(this::worker).toList(),
                interfaces.stream().map(this::served).toList(),
                sockets());
    }

    private FlowsReport flows() {
        final CounterReader counters = new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes());
        final long used = counters.total(Counter.FLOW_OPENED) - counters.total(Counter.FLOW_CLOSED);
        return FlowsReport.of(used, config.flows().capacity(), tables.sizes().flowSlotCount());
    }

    private WorkerReport worker(final WorkerUnit unit) {
        final WorkerStats stats = unit.worker().stats();
        return new WorkerReport(
                unit.plan().index(),
                unit.plan().cpu(),
                config.workers().idle().label(),
                unit.plan().queues().stream().map(WorkerPlan.Queue::toString).toList(),
                stats.get(WorkerStats.CYCLES),
                stats.get(WorkerStats.STALLS),
                stats.get(WorkerStats.LONGEST_CYCLE_NS),
                unit.plan().queues().stream()
                        .filter(queue -> network.link(queue.owner().ifindex()).isEmpty())
                        .count(),
                frames(stats));
    }

    private static FramesReport frames(final WorkerStats stats) {
        long elsewhere = 0;
        for (int place = WorkerStats.FRAMES_FREE; place < WorkerStats.FRAMES_TOTAL; place++) {
            elsewhere += stats.get(place);
        }
        final long total = stats.get(WorkerStats.FRAMES_TOTAL);
        return new FramesReport(
                total,
                stats.get(WorkerStats.FRAMES_FREE),
                stats.get(WorkerStats.FRAMES_FILL),
                stats.get(WorkerStats.FRAMES_KERNEL_RX),
                stats.get(WorkerStats.FRAMES_RX),
                total - elsewhere,
                stats.get(WorkerStats.FRAMES_TX),
                stats.get(WorkerStats.FRAMES_KERNEL_TX),
                stats.get(WorkerStats.FRAMES_COMPLETION));
    }

    private InterfaceReport served(final ServedInterface served) {
        final boolean generic = served.config().mode() == InterfaceMode.GENERIC
                || !attachments.downgrade(served.ifindex()).isEmpty();
        final boolean zeroCopy = workers.stream()
                .flatMap(unit -> unit.sockets().sockets().stream())
                .filter(socket -> socket.config().ifindex() == served.ifindex())
                .allMatch(XskSocket::isZeroCopy);
        final InterfaceState state =
                InterfaceState.of(served.name(), network.link(served.ifindex()), UmemPlan.packetLengthLimit(config));
        return new InterfaceReport(
                served.name(),
                served.ifindex(),
                served.facts().driver().name(),
                state.label(),
                state.mtu(),
                served.config().mode().label(),
                generic ? "generic" : zeroCopy ? "zerocopy" : "copy",
                downgrade(served),
                served.config().checksum().label().toLowerCase(Locale.ROOT),
                served.queues(),
                state.warning());
    }

    private String downgrade(final ServedInterface served) {
        final String xdp = attachments.downgrade(served.ifindex());
        if (!xdp.isEmpty() || served.config().mode() != InterfaceMode.AUTO) {
            return xdp;
        }
        return workers.stream()
                .map(unit -> unit.copyDowngrade().of(served.name()))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private List<SocketReport> sockets() {
        final List<SocketReport> reports = new ArrayList<>();
        for (final WorkerUnit unit : workers) {
            for (final XskSocket socket : unit.sockets().sockets()) {
                final XskStatistics counts = socket.statistics().refresh();
                reports.add(new SocketReport(
                        socket.config().interfaceName(),
                        socket.config().queueIndex(),
                        unit.plan().index(),
                        socket.isZeroCopy(),
                        counts.rxDropped(),
                        counts.rxRingFull(),
                        counts.rxFillRingEmpty(),
                        counts.rxInvalidDescriptors(),
                        counts.txInvalidDescriptors(),
                        counts.txRingEmpty()));
            }
        }
        return reports;
    }
}
