package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** One writer's row of counters. The row's owner alone may add, from one thread. */
public final class CounterRow {
    private final SharedMemory counters;
    private final long rowOffset;

    /**
     * A row.
     *
     * @param counters the counter array
     * @param rowIndex the owner's row
     */
    public CounterRow(final SharedMemory counters, final int rowIndex) {
        this.counters = counters;
        this.rowOffset = Counter.offset(rowIndex, 0);
    }

    /**
     * Counts one.
     *
     * @param code of a {@link Counter}
     */
    public void increment(final int code) {
        add(code, 1);
    }

    /**
     * Counts several.
     *
     * @param code of a {@link Counter}
     * @param delta how many
     */
    public void add(final int code, final long delta) {
        counters.addOwned(rowOffset + ((long) code << 3), delta);
    }

    /**
     * What was counted.
     *
     * @param code of a {@link Counter}
     * @return the row's value
     */
    public long get(final int code) {
        return counters.getLong(rowOffset + ((long) code << 3));
    }
}
