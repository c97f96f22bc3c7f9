package io.fastpath.fastpath.nexthop;

import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_FREE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.BitSet;

/**
 * Gives back the indices of hops that are not needed any more, in two steps. A hop that nobody has used for a while
 * becomes STALE, if more than half of the records of its kind are taken. A STALE hop becomes FREE when a scan of flows and
 * backends, a grace period later, meets no reference to it: whoever took the index before has stored it by then, and to
 * give it to another hop earlier would send packets to the wrong neighbour.
 *
 * <p>A client's hop that the kernel has not proved counts as used only by flows that both sides have confirmed, and makes
 * room soonest: source addresses that were made up never get that far.
 *
 * <p>Control thread. A scan reads one line of every flow slot, some 50 ms for a million, and is made only if it can change
 * something. Time is counted by calls: a pause of the process, workers included, counts as {@link #TURN_LIMIT_NS} at most.
 */
public final class NextHopReclaimer {
    /** From STALE to FREE: far longer than a worker takes from looking an index up to storing it. */
    public static final long GRACE_NS = 20_000_000_000L;

    /** From the last sight of a reference to STALE. */
    public static final long IDLE_NS = 60_000_000_000L;

    /** The same for a client's hop that neither the kernel nor a confirmed flow vouches for. */
    public static final long UNPROVED_NS = 10_000_000_000L;

    /** How much one call lets time advance. */
    public static final long TURN_LIMIT_NS = 10_000_000_000L;

    private final NextHopTable table;
    private final NextHopMaintenance maintenance;
    private final SharedMemory flows;
    private final SharedMemory backends;
    private final BitSet referenced = new BitSet();
    private final BitSet confirmed = new BitSet();
    private final boolean[] stale;
    /** Since when a record is STALE, or, if it is current, was last known to be used; 0 for FREE. */
    private final long[] sinceNs;

    private long lastPollNs;
    private long timeNs = 1;
    private boolean begun;
    private boolean clientsCrowded;
    private boolean othersCrowded;

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
        this.stale = new boolean[table.capacity()];
        this.sinceNs = new long[table.capacity()];
    }

    /**
     * Takes a turn. Cheap while there is nothing to do.
     *
     * @param nowNs CLOCK_MONOTONIC
     * @return hops freed
     */
    public int poll(final long nowNs) {
        timeNs += begun ? Math.min(nowNs - lastPollNs, TURN_LIMIT_NS) : 0;
        lastPollNs = nowNs;
        begun = true;
        if (!note()) {
            return 0;
        }
        scan();
        int freedCount = 0;
        for (int index = 1; index < table.capacity(); index++) {
            if (sinceNs[index] == 0) {
                continue;
            }
            if (isUsed(index)) {
                sinceNs[index] = stale[index] ? sinceNs[index] : timeNs;
            } else if (isDue(index)) {
                freedCount += advance(index);
            }
        }
        return freedCount;
    }

    /** Takes in what changed since the last turn; answers whether a record may be due. */
    private boolean note() {
        int clientCount = 0;
        int otherCount = 0;
        for (int index = 1; index < table.capacity(); index++) {
            final int state = table.state(index);
            if (state == STATE_FREE) {
                sinceNs[index] = 0;
                continue;
            }
            if (sinceNs[index] == 0 || stale[index] != (state == STATE_STALE)) {
                stale[index] = state == STATE_STALE;
                sinceNs[index] = timeNs;
            }
            if (table.isOfClients(index)) {
                clientCount++;
            } else {
                otherCount++;
            }
        }
        clientsCrowded = 2 * clientCount > table.clientCapacity();
        othersCrowded = 2 * otherCount > table.capacity() - 1 - table.clientCapacity();
        boolean due = false;
        for (int index = 1; index < table.capacity() && !due; index++) {
            due = sinceNs[index] != 0 && isDue(index);
        }
        return due;
    }

    private boolean isDue(final int index) {
        final long ageNs = timeNs - sinceNs[index];
        if (stale[index]) {
            return ageNs >= GRACE_NS;
        }
        final boolean crowded = table.isOfClients(index) ? clientsCrowded : othersCrowded;
        return crowded && ageNs >= (needsProof(index) ? UNPROVED_NS : IDLE_NS);
    }

    private boolean isUsed(final int index) {
        return !stale[index] && needsProof(index) ? confirmed.get(index) : referenced.get(index);
    }

    private boolean needsProof(final int index) {
        return table.isOfClients(index) && table.state(index) != STATE_VALID;
    }

    /** A current record goes out of use, a STALE one is freed. */
    private int advance(final int index) {
        if (!stale[index]) {
            maintenance.retire(index);
            stale[index] = table.state(index) == STATE_STALE;
            sinceNs[index] = timeNs;
            return 0;
        }
        maintenance.free(index);
        sinceNs[index] = 0;
        return 1;
    }

    private void scan() {
        referenced.clear();
        confirmed.clear();
        for (long offset = 0; offset < flows.length(); offset += FlowDescriptor.LENGTH) {
            final int state = flows.getIntAcquire(offset + FlowDescriptor.CONTROL_OFFSET) & FlowDescriptor.STATE_MASK;
            if (state != FlowState.FREE) {
                final int index = flows.getShort(offset + FlowDescriptor.NEXT_HOP_INDEX_OFFSET) & 0xffff;
                referenced.set(index);
                if (isConfirmed(state)) {
                    confirmed.set(index);
                }
            }
        }
        for (long offset = 0; offset < backends.length(); offset += BackendDescriptor.LENGTH) {
            referenced.set(backends.getShort(offset + BackendDescriptor.NEXT_HOP_INDEX_OFFSET) & 0xffff);
        }
    }

    /** Whether the client must have received something to bring a flow into this state. */
    private static boolean isConfirmed(final int state) {
        return state >= FlowState.TCP_ESTABLISHED && state <= FlowState.TCP_TIME_WAIT;
    }
}
