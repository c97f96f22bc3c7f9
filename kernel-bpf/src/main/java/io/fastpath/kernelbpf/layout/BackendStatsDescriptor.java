package io.fastpath.kernelbpf.layout;

/**
 * What happened at a backend, one row of these per writer (as with counters: first the CPUs, then the workers),
 * row-major. C twin: {@code struct fp_backend_stats}.
 *
 * <pre>
 *   0            8            16           24           32
 *  +------------+------------+------------+------------+
 *  | packetsTo  | bytesTo    | flowsOpened| flowsClosed|
 *  +------------+------------+------------+------------+
 *  | packetsFrom| bytesFrom  | exhausted  | zero       |
 *  +------------+------------+-------------------------+
 * </pre>
 *
 * Writer: the row's owner alone, by plain stores; readers sum over rows and accept what they see.
 */
public final class BackendStatsDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

    /** u64: packets sent to the backend. */
    public static final int PACKETS_TO_OFFSET = 0;

    /** u64: their bytes, from the IP header on. */
    public static final int BYTES_TO_OFFSET = 8;

    /** u64: connections opened. */
    public static final int FLOWS_OPENED_OFFSET = 16;

    /** u64: connections removed from the table. */
    public static final int FLOWS_CLOSED_OFFSET = 24;

    /** u64: packets from the backend. */
    public static final int PACKETS_FROM_OFFSET = 32;

    /** u64: their bytes, from the IP header on. */
    public static final int BYTES_FROM_OFFSET = 40;

    /** u64: connections that found no source port, or none for the client's own. */
    public static final int PORTS_EXHAUSTED_OFFSET = 48;

    private BackendStatsDescriptor() {}

    /**
     * Offset of a record.
     *
     * @param rowIndex writer's row, from 0
     * @param backendIndex from 0
     * @param backendCapacity records per row
     * @return bytes from the array's start
     */
    public static long recordOffset(final int rowIndex, final int backendIndex, final int backendCapacity) {
        return ((long) rowIndex * backendCapacity + backendIndex) * LENGTH;
    }
}
