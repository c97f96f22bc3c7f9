package io.fastpath.fastpath.flowengine;

import io.fastpath.conntrack.FlowEvents;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** Counts what a flow table tells, in a row of the tables, as a worker does. One thread. */
final class FlowTally implements FlowEvents {
    private final CounterRow counters;
    private final SharedMemory backendStats;
    private final long rowOffset;

    FlowTally(final SharedTables tables, final int rowIndex) {
        counters = new CounterRow(tables.region(MapNames.COUNTERS), rowIndex);
        backendStats = tables.region(MapNames.BACKEND_STATS);
        rowOffset =
                BackendStatsDescriptor.recordOffset(rowIndex, 0, tables.sizes().backendCapacity());
    }

    @Override
    public void opened(final int serviceIndex, final int backendIndex) {
        counters.increment(Counter.FLOW_OPENED.code());
        countBackend(backendIndex, BackendStatsDescriptor.FLOWS_OPENED_OFFSET);
    }

    @Override
    public void closed(final int serviceIndex, final int backendIndex, final int state) {
        counters.increment(Counter.FLOW_CLOSED.code());
        countBackend(backendIndex, BackendStatsDescriptor.FLOWS_CLOSED_OFFSET);
    }

    @Override
    public void counted(final long client0, final long client1, final int serviceIndex, final int delta) {
        throw new IllegalStateException("no limits here");
    }

    @Override
    public void reopened() {
        counters.increment(Counter.FLOW_REOPENED.code());
    }

    @Override
    public void evictedEmbryonic() {
        counters.increment(Counter.FLOW_EVICTED_EMBRYONIC.code());
    }

    @Override
    public void recycled() {
        counters.increment(Counter.FLOW_RECYCLED.code());
    }

    @Override
    public void moved() {
        counters.increment(Counter.FLOW_SYN_MOVED.code());
    }

    @Override
    public void lostRace() {
        counters.increment(Counter.FLOW_LOST_RACE.code());
    }

    @Override
    public void reclaimed() {
        counters.increment(Counter.FLOW_RECLAIMED.code());
    }

    private void countBackend(final int backendIndex, final int fieldOffset) {
        backendStats.addOwned(rowOffset + (long) backendIndex * BackendStatsDescriptor.LENGTH + fieldOffset, 1);
    }
}
