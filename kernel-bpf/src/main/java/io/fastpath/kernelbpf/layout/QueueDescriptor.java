package io.fastpath.kernelbpf.layout;

/**
 * One receive queue: the words by which XDP and the queue's worker know of each other. C twin: {@code struct
 * fp_queue}.
 *
 * <pre>
 *   0             8             16            20            64
 *  +-------------+-------------+-------------+-------------+
 *  | heartbeatNs | doneCount   | workerIndex | zero        |  written by the worker
 *  +-------------+-------------+-------------+-------------+
 *  | steeredCount| zero                                    |  written by XDP on the queue's CPU
 *  +-------------+-----------------------------------------+
 *  64            72                                        128
 * </pre>
 *
 * Single writer each. {@code heartbeatNs}: CLOCK_MONOTONIC at the worker's last duty cycle, stored (release) once per
 * cycle; 0 = no worker. {@code doneCount}: frames of this queue that are completed or dropped by verdict, stored
 * (release). {@code steeredCount}: frames that XDP redirected into this queue's socket.
 */
public final class QueueDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 128;

    /** u64: CLOCK_MONOTONIC. */
    public static final int HEARTBEAT_NS_OFFSET = 0;

    /** u64. */
    public static final int DONE_COUNT_OFFSET = 8;

    /** u32. */
    public static final int WORKER_INDEX_OFFSET = 16;

    /** u64. */
    public static final int STEERED_COUNT_OFFSET = 64;

    private QueueDescriptor() {}

    /**
     * Offset of a record.
     *
     * @param queueSlot as {@link InterfaceDescriptor#queueSlot} gives
     * @return bytes from the table's start
     */
    public static long recordOffset(final int queueSlot) {
        return (long) queueSlot * LENGTH;
    }
}
