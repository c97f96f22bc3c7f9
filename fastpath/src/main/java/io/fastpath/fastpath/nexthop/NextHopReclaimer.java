package io.fastpath.fastpath.nexthop;

import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.BitSet;

/**
 * Gives back the indices of STALE hops. An index may be used for another hop only when no flow and no backend holds it
 * any more, or packets would go to the wrong neighbour. So it is freed when a scan of both tables, begun a grace period
 * after the hop was found STALE, meets no reference to it: whoever took the index before has stored it by then.
 *
 * <p>Control thread. A scan reads one word of every flow slot: some 50 ms for a million.
 */
public final class NextHopReclaimer {
    /** Far longer than a worker takes from looking an index up to storing it, a stop of the process included. */
    public static final long GRACE_NS = 60_000_000_000L;

    private final NextHopTable table;
    private final NextHopMaintenance maintenance;
    private final SharedMemory flows;
    private final SharedMemory backends;
    private final BitSet candidates = new BitSet();
    private long candidatesSinceNs;

    /**
     * A reclaimer.
     *
     * @param table of next hops
     * @param flows the flow table's region
     * @param backends the backend table's region
     */
    public NextHopReclaimer(final NextHopTable table, final SharedMemory flows, final SharedMemory backends) {
        this.table = table;
        this.maintenance = new NextHopMaintenance(table);
        this.flows = flows;
        this.backends = backends;
    }

    /**
     * Takes a turn: notes STALE hops, and a grace period later frees those that nobody refers to. Cheap while there is
     * nothing to do.
     *
     * @param nowNs CLOCK_MONOTONIC
     * @return hops freed
     */
    public int poll(final long nowNs) {
        if (candidates.isEmpty()) {
            noteCandidates();
            candidatesSinceNs = nowNs;
            return 0;
        }
        if (nowNs - candidatesSinceNs < GRACE_NS) {
            return 0;
        }
        excludeReferencedByFlows();
        excludeReferencedByBackends();
        final int count = candidates.cardinality();
        candidates.stream().forEach(maintenance::free);
        candidates.clear();
        return count;
    }

    private void noteCandidates() {
        for (int index = 1; index < table.capacity(); index++) {
            if (table.state(index) == STATE_STALE) {
                candidates.set(index);
            }
        }
    }

    private void excludeReferencedByFlows() {
        for (long offset = 0; offset < flows.length(); offset += FlowDescriptor.LENGTH) {
            final int control = flows.getIntAcquire(offset + FlowDescriptor.CONTROL_OFFSET);
            if ((control & FlowDescriptor.STATE_MASK) != FlowState.FREE) {
                candidates.clear(flows.getShort(offset + FlowDescriptor.NEXT_HOP_INDEX_OFFSET) & 0xffff);
            }
        }
    }

    private void excludeReferencedByBackends() {
        for (long offset = 0; offset < backends.length(); offset += BackendDescriptor.LENGTH) {
            candidates.clear(backends.getShort(offset + BackendDescriptor.NEXT_HOP_INDEX_OFFSET) & 0xffff);
        }
    }
}
