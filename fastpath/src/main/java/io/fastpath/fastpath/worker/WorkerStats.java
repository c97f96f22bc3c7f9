package io.fastpath.fastpath.worker;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a worker tells of itself, beside the packet counters: its cycles, and where its frames are. The worker writes, any
 * thread reads; each figure is whole, and all of them are of about the same moment.
 */
public final class WorkerStats {
    /** Duty cycles so far. */
    public static final int CYCLES = 0;

    /** Longest time between the starts of two cycles of which the first found work, ns. */
    public static final int LONGEST_CYCLE_NS = 1;

    /** Cycles that began later than the stall limit after the one before. */
    public static final int STALLS = 2;

    /** Frames in the free pool. */
    public static final int FRAMES_FREE = 3;

    /** Frames lent to the kernel for receiving: in fill rings, or with the driver. */
    public static final int FRAMES_FILL = 4;

    /** Frames received and not yet taken: in rx rings. */
    public static final int FRAMES_RX = 5;

    /** Frames handed over for sending: in tx rings, or with the driver. */
    public static final int FRAMES_TX = 6;

    /** Frames sent and not yet taken back: in completion rings. */
    public static final int FRAMES_COMPLETION = 7;

    /** Frames altogether. Between two cycles the five above sum up to it. */
    public static final int FRAMES_TOTAL = 8;

    /** Calls that woke the kernel up. */
    public static final int WAKE_UPS = 9;

    /** Slots of the flow table that the sweep has looked at. */
    public static final int SWEPT_SLOTS = 10;

    private static final int COUNT = 11;

    private final AtomicLongArray values = new AtomicLongArray(COUNT);

    /**
     * A figure.
     *
     * @param index one of the constants
     * @return its last value
     */
    public long get(final int index) {
        return values.getOpaque(index);
    }

    void set(final int index, final long value) {
        values.setOpaque(index, value);
    }
}
