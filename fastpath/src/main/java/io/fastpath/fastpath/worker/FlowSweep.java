package io.fastpath.fastpath.worker;

import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.kernelbpf.layout.FlowDescriptor;

/**
 * Paces a worker's share of the flow table's sweep: the whole share in {@link #PASS_NS}, in pieces so small that a cycle
 * doesn't notice. Owned by the worker's thread.
 */
final class FlowSweep {
    /** How long a pass over the share takes: an expired flow is gone so much later at most, unless its place is needed. */
    static final long PASS_NS = 10_000_000_000L;

    /** Slots per cycle: 64 cache lines are a few microseconds. A pass takes longer where cycles are rare. */
    private static final int SLOT_LIMIT = 64;

    private final FlowSweeper sweeper;
    private final long slotIntervalNs;
    private long lastNs;
    private long sweptCount;

    /**
     * A paced sweep.
     *
     * @param sweeper over the share
     * @param shareSlotCount slots of the share
     */
    FlowSweep(final FlowSweeper sweeper, final int shareSlotCount) {
        this.sweeper = sweeper;
        slotIntervalNs = Math.max(1, PASS_NS / Math.max(1, shareSlotCount));
    }

    /** Sweeps what is due; answers how many slots were freed. */
    int poll(final long nowNs) {
        final long due = (nowNs - lastNs) / slotIntervalNs;
        if (due <= 0) {
            return 0;
        }
        lastNs = nowNs;
        final int slots = (int) Math.min(due, SLOT_LIMIT);
        sweptCount += slots;
        return sweeper.sweep(FlowDescriptor.ticks(nowNs), slots);
    }

    long sweptCount() {
        return sweptCount;
    }
}
