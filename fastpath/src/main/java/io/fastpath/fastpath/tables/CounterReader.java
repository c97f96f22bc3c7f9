package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Sums counters over their writers. Any thread; it sees each writer's numbers as they were a moment ago, and sums of
 * several counters need not be of one moment.
 */
public final class CounterReader {
    private final SharedMemory counters;
    private final int rowCount;
    private final int cpuRowCount;

    /**
     * A reader of the counter array.
     *
     * @param counters the array
     * @param sizes how many rows it has, and whose
     */
    public CounterReader(final SharedMemory counters, final TableSizes sizes) {
        this.counters = counters;
        this.rowCount = sizes.counterRowCount();
        this.cpuRowCount = sizes.cpuRowCount();
    }

    /**
     * Sum over all writers.
     *
     * @param counter to read
     * @return its value
     */
    public long total(final Counter counter) {
        return sum(counter, 0, rowCount);
    }

    /**
     * Sum over the CPUs: what the XDP program and the kernel engine counted.
     *
     * @param counter to read
     * @return its value
     */
    public long kernelTotal(final Counter counter) {
        return sum(counter, 0, cpuRowCount);
    }

    /**
     * Sum over the workers: what the Java engine counted.
     *
     * @param counter to read
     * @return its value
     */
    public long workerTotal(final Counter counter) {
        return sum(counter, cpuRowCount, rowCount);
    }

    /**
     * One writer's value.
     *
     * @param rowIndex the writer's row
     * @param counter to read
     * @return its value
     */
    public long row(final int rowIndex, final Counter counter) {
        return counters.getLong(Counter.offset(rowIndex, counter.code()));
    }

    private long sum(final Counter counter, final int fromRow, final int toRow) {
        long sum = 0;
        for (int row = fromRow; row < toRow; row++) {
            sum += row(row, counter);
        }
        return sum;
    }
}
