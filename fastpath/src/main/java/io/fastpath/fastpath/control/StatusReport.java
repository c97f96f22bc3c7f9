package io.fastpath.fastpath.control;

import java.util.List;

/**
 * What {@code status} answers. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param instance name.
 * @param running true: what {@link LeftReport} says is of an instance without a process.
 * @param pid of the process.
 * @param version of fastpath.
 * @param uptimeMs since the first packet could be taken.
 * @param startedAt when that was, by the wall clock, as {@code 2026-01-31T12:00:00Z}.
 * @param engine the mode in force: userspace, hybrid or kernel.
 * @param placement why it is that, and what each engine did.
 * @param serviceCount services in force.
 * @param backendCount backends in force.
 * @param flows the flow table.
 * @param workers by index.
 * @param interfaces in the configuration's order.
 * @param sockets one per queue.
 */
public record StatusReport(
        String instance,
        boolean running,
        long pid,
        String version,
        long uptimeMs,
        String startedAt,
        String engine,
        PlacementReport placement,
        int serviceCount,
        int backendCount,
        FlowsReport flows,
        List<WorkerReport> workers,
        List<InterfaceReport> interfaces,
        List<SocketReport> sockets) {
    /** Takes copies. */
    public StatusReport {
        workers = List.copyOf(workers);
        interfaces = List.copyOf(interfaces);
        sockets = List.copyOf(sockets);
    }

    /**
     * The flow table. Its capacity is a promise: so many connections it takes whatever their addresses are. It has more
     * slots than that needs, so there may be more connections than the capacity.
     *
     * @param used connections in it.
     * @param capacity connections that it is promised to take.
     * @param usedSlotCount slots in use, two per connection.
     * @param slotCount slots of 64 bytes.
     */
    public record FlowsReport(long used, long capacity, long usedSlotCount, long slotCount) {
        private static final int SLOTS_PER_FLOW = 2;

        /**
         * {@return what can be said of a table's use}
         *
         * @param used opened less closed, read while both are counted: it may be off by some.
         * @param capacity connections that it is promised to take.
         * @param slotCount that it has.
         */
        public static FlowsReport of(final long used, final long capacity, final long slotCount) {
            final long connections = Math.min(Math.max(0, used), slotCount / SLOTS_PER_FLOW);
            return new FlowsReport(connections, capacity, connections * SLOTS_PER_FLOW, slotCount);
        }
    }

    /**
     * A worker thread.
     *
     * @param index from 0.
     * @param cpu it is pinned to.
     * @param idle what it does when its rings are empty.
     * @param queues it serves, as {@code eth1:0}.
     * @param cycleCount duty cycles done.
     * @param stallCount cycles that took longer than the stall limit.
     * @param longestCycleNs the longest of all.
     * @param unboundQueueCount queues that it serves no more because their interface is gone.
     * @param frames where its frames are.
     */
    public record WorkerReport(
            int index,
            int cpu,
            String idle,
            List<String> queues,
            long cycleCount,
            long stallCount,
            long longestCycleNs,
            long unboundQueueCount,
            FramesReport frames) {
        /** Takes a copy. */
        public WorkerReport {
            queues = List.copyOf(queues);
        }
    }

    /**
     * Where the frames of a worker's UMEM are, as {@code FrameCensus} counts them. At rest the places sum up to the total;
     * a busy moment may count a few frames at the neighbouring place.
     *
     * @param total that there are.
     * @param free in the pool.
     * @param fill waiting in fill rings.
     * @param kernelRx with the kernel or the card, to be received into.
     * @param rx waiting in rx rings.
     * @param worker in the worker's hands.
     * @param tx waiting in tx rings.
     * @param kernelTx with the kernel or the card, being sent.
     * @param completion waiting in completion rings.
     */
    public record FramesReport(
            long total,
            long free,
            long fill,
            long kernelRx,
            long rx,
            long worker,
            long tx,
            long kernelTx,
            long completion) {}

    /**
     * An interface that is served.
     *
     * @param name of it.
     * @param ifindex of it.
     * @param driver that drives it.
     * @param state up, no-carrier, down or gone, now.
     * @param mtu in bytes, now; 0 where the interface is gone.
     * @param modeRequested the configuration's word: auto, zerocopy, copy or generic.
     * @param mode what it got: zerocopy, copy or generic.
     * @param downgrade why it is less than the best; empty where it is the best.
     * @param checksum incremental or recompute.
     * @param queues that are served.
     * @param warning what is wrong with it now and what to do, to be read after its name; empty where nothing is.
     */
    public record InterfaceReport(
            String name,
            int ifindex,
            String driver,
            String state,
            int mtu,
            String modeRequested,
            String mode,
            String downgrade,
            String checksum,
            List<Integer> queues,
            String warning) {
        /** Takes a copy. */
        public InterfaceReport {
            queues = List.copyOf(queues);
        }
    }

    /**
     * {@code XDP_STATISTICS} of a queue's socket (linux/if_xdp.h): the only trace of frames that the kernel drops there.
     *
     * @param interfaceName of the queue.
     * @param queue its index.
     * @param workerIndex who serves it.
     * @param zeroCopy whether the socket is bound with zero-copy ({@code XDP_OPTIONS}).
     * @param rxDropped frames dropped for other reasons than the ones below.
     * @param rxRingFull frames dropped because the receive ring was full.
     * @param rxFillRingEmpty frames dropped because the fill ring was empty.
     * @param rxInvalidDescriptors fill descriptors that the kernel refused.
     * @param txInvalidDescriptors transmit descriptors that the kernel refused.
     * @param txRingEmpty times that the kernel found nothing to send.
     */
    public record SocketReport(
            String interfaceName,
            int queue,
            int workerIndex,
            boolean zeroCopy,
            long rxDropped,
            long rxRingFull,
            long rxFillRingEmpty,
            long rxInvalidDescriptors,
            long txInvalidDescriptors,
            long txRingEmpty) {}
}
