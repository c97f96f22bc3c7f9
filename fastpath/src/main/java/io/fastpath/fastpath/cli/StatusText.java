package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.control.LeftReport;
import io.fastpath.fastpath.control.StatusReport;
import io.fastpath.fastpath.control.StatusReport.FlowsReport;
import io.fastpath.fastpath.control.StatusReport.FramesReport;
import io.fastpath.fastpath.control.StatusReport.InterfaceReport;
import io.fastpath.fastpath.control.StatusReport.SocketReport;
import io.fastpath.fastpath.control.StatusReport.WorkerReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A status report as people read it. Pure. */
final class StatusText {
    private static final double PERCENT = 100.0;

    private StatusText() {}

    /**
     * {@return the lines}
     *
     * @param status of an instance.
     */
    static List<String> lines(final StatusReport status) {
        final List<String> lines = new ArrayList<>();
        lines.add("instance  " + status.instance() + ", pid " + status.pid() + ", fastpath " + status.version()
                + ", up " + Quantities.duration(status.uptimeMs()) + " since " + status.startedAt());
        lines.addAll(PlacementText.lines(status.placement()));
        lines.add("services  " + status.serviceCount() + " with " + Quantities.count(status.backendCount(), "backend"));
        lines.add(flows(status.flows()));
        lines.add("");
        lines.addAll(interfaces(status).lines());
        for (final InterfaceReport served : status.interfaces()) {
            if (!served.warning().isEmpty()) {
                lines.add("  " + served.name() + " " + served.warning());
            }
            if (!served.downgrade().isEmpty()) {
                lines.add("  " + served.name() + " is " + served.mode() + " only: " + served.downgrade());
            }
        }
        lines.add("");
        lines.addAll(workers(status).lines());
        for (final WorkerReport worker : status.workers()) {
            if (worker.unboundQueueCount() > 0) {
                lines.add("  worker " + worker.index() + " has lost "
                        + Quantities.count(worker.unboundQueueCount(), "queue") + " with the interface");
            }
        }
        lines.add("");
        lines.addAll(frames(status).lines());
        lines.add("");
        lines.addAll(sockets(status).lines());
        return lines;
    }

    /**
     * {@return the lines}
     *
     * @param left of an instance whose process is gone.
     */
    static List<String> lines(final LeftReport left) {
        final List<String> lines = new ArrayList<>();
        lines.add("instance  " + left.instance() + ", no process");
        lines.addAll(PlacementText.lines(left.placement()));
        lines.add(flows(left.flows()));
        lines.add("program   " + (left.ifindexes().isEmpty() ? "nowhere" : "on interfaces " + left.ifindexes()));
        lines.add("");
        lines.add(
                "`fastpath run` with its configuration goes on with it; `fastpath detach` ends it and its connections.");
        return lines;
    }

    private static String flows(final FlowsReport flows) {
        return String.format(
                Locale.ROOT,
                "flows     %s, made for %d; %d of %d slots used (%.1f %%)",
                Quantities.count(flows.used(), "connection"),
                flows.capacity(),
                flows.usedSlotCount(),
                flows.slotCount(),
                PERCENT * flows.usedSlotCount() / Math.max(1, flows.slotCount()));
    }

    private static Table interfaces(final StatusReport status) {
        final Table table = new Table("INTERFACE", "STATE", "DRIVER", "#MTU", "ASKED", "MODE", "CHECKSUMS", "QUEUES");
        for (final InterfaceReport served : status.interfaces()) {
            table.row(
                    served.name(),
                    served.state(),
                    served.driver(),
                    served.mtu(),
                    served.modeRequested(),
                    served.mode(),
                    served.checksum(),
                    served.queues());
        }
        return table;
    }

    private static Table workers(final StatusReport status) {
        final Table table = new Table("#WORKER", "#CPU", "IDLE", "#CYCLES", "#STALLS", "#LONGEST us", "QUEUES");
        for (final WorkerReport worker : status.workers()) {
            table.row(
                    worker.index(),
                    worker.cpu(),
                    worker.idle(),
                    worker.cycleCount(),
                    worker.stallCount(),
                    TimeUnit.NANOSECONDS.toMicros(worker.longestCycleNs()),
                    String.join(" ", worker.queues()));
        }
        return table;
    }

    private static Table frames(final StatusReport status) {
        final Table table = new Table(
                "#WORKER",
                "#FRAMES",
                "#FREE",
                "#FILL",
                "#KERNEL RX",
                "#RX",
                "#IN HAND",
                "#TX",
                "#KERNEL TX",
                "#COMPLETION");
        for (final WorkerReport worker : status.workers()) {
            final FramesReport frames = worker.frames();
            table.row(
                    worker.index(),
                    frames.total(),
                    frames.free(),
                    frames.fill(),
                    frames.kernelRx(),
                    frames.rx(),
                    frames.worker(),
                    frames.tx(),
                    frames.kernelTx(),
                    frames.completion());
        }
        return table;
    }

    private static Table sockets(final StatusReport status) {
        final Table table = new Table(
                "SOCKET",
                "#WORKER",
                "ZERO-COPY",
                "#RX DROPPED",
                "#RX FULL",
                "#FILL EMPTY",
                "#RX INVALID",
                "#TX INVALID",
                "#TX EMPTY");
        for (final SocketReport socket : status.sockets()) {
            table.row(
                    socket.interfaceName() + ":" + socket.queue(),
                    socket.workerIndex(),
                    socket.zeroCopy() ? "yes" : "no",
                    socket.rxDropped(),
                    socket.rxRingFull(),
                    socket.rxFillRingEmpty(),
                    socket.rxInvalidDescriptors(),
                    socket.txInvalidDescriptors(),
                    socket.txRingEmpty());
        }
        return table;
    }
}
