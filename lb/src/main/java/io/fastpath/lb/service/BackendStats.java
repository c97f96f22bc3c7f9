package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Reads what happened at backends: sums over the rows of all writers, which go on writing meanwhile. Rows count for an
 * index and are never set back, so when an index passes to another backend the reader takes the totals of that moment
 * away ({@link Totals#minus}). Any thread.
 */
public final class BackendStats {
    private final SharedMemory stats;
    private final int rowCount;
    private final int backendCapacity;

    /**
     * A reader.
     *
     * @param stats {@link BackendStatsDescriptor} records, row-major
     * @param rowCount rows, one per writer
     * @param backendCapacity records per row
     * @throws IllegalArgumentException when the memory is smaller than that
     */
    public BackendStats(final SharedMemory stats, final int rowCount, final int backendCapacity) {
        if (stats.length() < BackendStatsDescriptor.recordOffset(rowCount, 0, backendCapacity)) {
            throw new IllegalArgumentException(rowCount + " rows of " + backendCapacity
                    + " backend statistics don't fit in " + stats.length() + " bytes");
        }
        this.stats = stats;
        this.rowCount = rowCount;
        this.backendCapacity = backendCapacity;
    }

    /**
     * Sums over all rows, since the rows were made.
     *
     * @param packetsTo packets sent to the backend
     * @param bytesTo their bytes, from the IP header on
     * @param flowsOpened connections opened
     * @param flowsClosed connections removed from the table
     * @param packetsFrom packets from the backend
     * @param bytesFrom their bytes, from the IP header on
     */
    public record Totals(
            long packetsTo, long bytesTo, long flowsOpened, long flowsClosed, long packetsFrom, long bytesFrom) {
        /**
         * What happened between two readings.
         *
         * @param earlier reading of the same index
         * @return the differences
         */
        public Totals minus(final Totals earlier) {
            return new Totals(
                    packetsTo - earlier.packetsTo,
                    bytesTo - earlier.bytesTo,
                    flowsOpened - earlier.flowsOpened,
                    flowsClosed - earlier.flowsClosed,
                    packetsFrom - earlier.packetsFrom,
                    bytesFrom - earlier.bytesFrom);
        }

        /**
         * Connections in the table.
         *
         * @return opened and not closed; the two are read one after the other, so it may be off by a few
         */
        public long flowsLive() {
            return Math.max(0, flowsOpened - flowsClosed);
        }
    }

    /**
     * Reads a backend.
     *
     * @param backendIndex from 0
     * @return its totals
     * @throws IndexOutOfBoundsException for an index that no backend can have
     */
    public Totals totals(final int backendIndex) {
        if (backendIndex < 0 || backendIndex >= backendCapacity) {
            throw new IndexOutOfBoundsException("backend " + backendIndex + " of " + backendCapacity);
        }
        return new Totals(
                sum(backendIndex, BackendStatsDescriptor.PACKETS_TO_OFFSET),
                sum(backendIndex, BackendStatsDescriptor.BYTES_TO_OFFSET),
                sum(backendIndex, BackendStatsDescriptor.FLOWS_OPENED_OFFSET),
                sum(backendIndex, BackendStatsDescriptor.FLOWS_CLOSED_OFFSET),
                sum(backendIndex, BackendStatsDescriptor.PACKETS_FROM_OFFSET),
                sum(backendIndex, BackendStatsDescriptor.BYTES_FROM_OFFSET));
    }

    /**
     * Reads how many connections a backend lost for want of a source port, since the rows were made.
     *
     * @param backendIndex from 0
     * @return count
     */
    public long portsExhausted(final int backendIndex) {
        return sum(backendIndex, BackendStatsDescriptor.PORTS_EXHAUSTED_OFFSET);
    }

    private long sum(final int backendIndex, final int wordOffset) {
        long sum = 0;
        for (int row = 0; row < rowCount; row++) {
            sum += stats.getLong(BackendStatsDescriptor.recordOffset(row, backendIndex, backendCapacity) + wordOffset);
        }
        return sum;
    }
}
