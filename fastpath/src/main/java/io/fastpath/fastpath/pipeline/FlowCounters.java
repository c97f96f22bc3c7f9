package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowEvents;
import io.fastpath.conntrack.FragmentEvents;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** Counts what a worker's flow table does, and what its packets mean for backends, in the worker's rows. One thread. */
public final class FlowCounters implements FlowEvents, FragmentEvents {
    private static final int FRAGMENT_TRACKED = Counter.FRAGMENT_TRACKED.code();
    private static final int FRAGMENT_EVICTED = Counter.FRAGMENT_EVICTED.code();
    private static final int OPENED = Counter.FLOW_OPENED.code();
    private static final int CLOSED = Counter.FLOW_CLOSED.code();
    private static final int REOPENED = Counter.FLOW_REOPENED.code();
    private static final int EVICTED_EMBRYONIC = Counter.FLOW_EVICTED_EMBRYONIC.code();
    private static final int LOST_RACE = Counter.FLOW_LOST_RACE.code();
    private static final int PICKED_UP = Counter.FLOW_PICKED_UP.code();
    private static final int DISBELIEVED = Counter.FLOW_DISBELIEVED.code();
    private static final int MOVED = Counter.FLOW_SYN_MOVED.code();
    private static final int RECYCLED = Counter.FLOW_RECYCLED.code();
    private static final int RECLAIMED = Counter.FLOW_RECLAIMED.code();

    private final CounterRow counters;
    private final SharedMemory backendStats;
    private final long rowOffset;
    private final OpenFlows openFlows;

    /**
     * Counts in one writer's rows.
     *
     * @param counters the writer's
     * @param backendStats records of all writers
     * @param rowIndex the writer's
     * @param backendCapacity records of a writer
     * @param openFlows for connections of services with a limit
     */
    public FlowCounters(
            final CounterRow counters,
            final SharedMemory backendStats,
            final int rowIndex,
            final int backendCapacity,
            final OpenFlows openFlows) {
        this.openFlows = openFlows;
        this.counters = counters;
        this.backendStats = backendStats;
        this.rowOffset = BackendStatsDescriptor.recordOffset(rowIndex, 0, backendCapacity);
    }

    /** A packet went to a backend. */
    void sentTo(final int backendIndex, final int ipLength) {
        final long offset = offset(backendIndex);
        backendStats.addOwned(offset + BackendStatsDescriptor.PACKETS_TO_OFFSET, 1);
        backendStats.addOwned(offset + BackendStatsDescriptor.BYTES_TO_OFFSET, ipLength);
    }

    /** A packet of a backend went to its client. */
    void sentFrom(final int backendIndex, final int ipLength) {
        final long offset = offset(backendIndex);
        backendStats.addOwned(offset + BackendStatsDescriptor.PACKETS_FROM_OFFSET, 1);
        backendStats.addOwned(offset + BackendStatsDescriptor.BYTES_FROM_OFFSET, ipLength);
    }

    @Override
    public void opened(final int serviceIndex, final int backendIndex) {
        counters.increment(OPENED);
        backendStats.addOwned(offset(backendIndex) + BackendStatsDescriptor.FLOWS_OPENED_OFFSET, 1);
    }

    @Override
    public void closed(final int serviceIndex, final int backendIndex, final int state) {
        counters.increment(CLOSED);
        backendStats.addOwned(offset(backendIndex) + BackendStatsDescriptor.FLOWS_CLOSED_OFFSET, 1);
    }

    /** A connection found no source port towards a backend. */
    void portsExhausted(final int backendIndex) {
        backendStats.addOwned(offset(backendIndex) + BackendStatsDescriptor.PORTS_EXHAUSTED_OFFSET, 1);
    }

    /** A connection was entered by a segment from its middle. */
    void pickedUp() {
        counters.increment(PICKED_UP);
    }

    /** A segment is sent on without being believed. */
    void disbelieved() {
        counters.increment(DISBELIEVED);
    }

    @Override
    public void counted(final long client0, final long client1, final int serviceIndex, final int delta) {
        openFlows.add(client0, client1, serviceIndex, delta);
    }

    @Override
    public void reopened() {
        counters.increment(REOPENED);
    }

    @Override
    public void evictedEmbryonic() {
        counters.increment(EVICTED_EMBRYONIC);
    }

    @Override
    public void recycled() {
        counters.increment(RECYCLED);
    }

    @Override
    public void moved() {
        counters.increment(MOVED);
    }

    @Override
    public void lostRace() {
        counters.increment(LOST_RACE);
    }

    @Override
    public void reclaimed() {
        counters.increment(RECLAIMED);
    }

    @Override
    public void datagramTracked() {
        counters.increment(FRAGMENT_TRACKED);
    }

    @Override
    public void datagramEvicted() {
        counters.increment(FRAGMENT_EVICTED);
    }

    private long offset(final int backendIndex) {
        return rowOffset + (long) backendIndex * BackendStatsDescriptor.LENGTH;
    }
}
