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

    /** Frames in fill rings. */
    public static final int FRAMES_FILL = 4;

    /** Frames with the kernel or the card, to be received into. */
    public static final int FRAMES_KERNEL_RX = 5;

    /** Frames in rx rings: received and not yet taken. */
    public static final int FRAMES_RX = 6;

    /** Frames in tx rings. */
    public static final int FRAMES_TX = 7;

    /** Frames with the kernel or the card, being sent. */
    public static final int FRAMES_KERNEL_TX = 8;

    /** Frames in completion rings: sent and not yet taken back. */
    public static final int FRAMES_COMPLETION = 9;

    /** Frames altogether. Between two cycles the seven above sum up to it. */
    public static final int FRAMES_TOTAL = 10;

    /** Calls that woke the kernel up. */
    public static final int WAKE_UPS = 11;

    /** Slots of the flow table that the sweep has looked at. */
    public static final int SWEPT_SLOTS = 12;

    private static final int COUNT = 13;

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
