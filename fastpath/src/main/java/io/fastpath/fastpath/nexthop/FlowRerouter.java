package io.fastpath.fastpath.nexthop;

import static io.fastpath.kernelbpf.layout.FlowDescriptor.BACKEND_INDEX_OFFSET;
import static io.fastpath.kernelbpf.layout.FlowDescriptor.CLIENT_OFFSET;
import static io.fastpath.kernelbpf.layout.FlowDescriptor.CONTROL_OFFSET;
import static io.fastpath.kernelbpf.layout.FlowDescriptor.KIND_REVERSE;
import static io.fastpath.kernelbpf.layout.FlowDescriptor.KIND_SHIFT;
import static io.fastpath.kernelbpf.layout.FlowDescriptor.LENGTH;
import static io.fastpath.kernelbpf.layout.FlowDescriptor.NEXT_HOP_INDEX_OFFSET;
import static io.fastpath.kernelbpf.layout.FlowDescriptor.STATE_MASK;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Leads live flows to where their clients' routes go now. After a change it walks round the flow table in bounded pieces
 * and stores another next hop where the route has moved, and nowhere else: a change that concerns no client costs look-ups
 * and no record. A change amid a walk doesn't begin it anew but makes it go on for a whole round from where it is, so
 * every flow is met within a round of the newest change however many came before.
 *
 * <p>Control thread. A round takes some 30 ms per million slots, and up to 100 ns more per live flow.
 *
 * <p>Ordering: a flow's hop is replaced by compare-and-swap of the word that it shares with the backend's index, so that
 * what a worker stored meanwhile stays; then {@code control} is read again, and if the slot was given to another flow, that
 * one's hop becomes 0, to be resolved by its next packet. A worker that looked up a route before the change and stores the
 * answer after the walk has passed is not seen: walk once more when such a worker must be done.
 */
public final class FlowRerouter {
    /** Slots of a piece: about a millisecond, as long as the control thread's other duties may wait. */
    static final int PIECE_SLOTS = 1 << 14;

    /** The backend's index and the hop's: one aligned word. */
    private static final int WORD_OFFSET = BACKEND_INDEX_OFFSET;

    private static final int HOP_SHIFT = (NEXT_HOP_INDEX_OFFSET - BACKEND_INDEX_OFFSET) * Byte.SIZE;
    private static final int HOP_MASK = 0xffff << HOP_SHIFT;

    private final SharedMemory flows;
    private final NextHopTable table;
    private final NextHopResolver resolver;
    private long position;
    private long remaining;
    private long movedCount;

    /**
     * A walker that has nothing to do yet.
     *
     * @param flows the flow table's region
     * @param table of next hops
     * @param resolver the control thread's own
     */
    public FlowRerouter(final SharedMemory flows, final NextHopTable table, final NextHopResolver resolver) {
        this.flows = flows;
        this.table = table;
        this.resolver = resolver;
    }

    /** Routes changed, or hops went out of use: every flow is to be met once from now. */
    public void begin() {
        remaining = flows.length() / LENGTH;
    }

    /**
     * Walks a piece, if there is something to walk.
     *
     * @param nowNs CLOCK_MONOTONIC
     * @return slots met
     */
    public int poll(final long nowNs) {
        final int count = (int) Math.min(remaining, PIECE_SLOTS);
        for (int i = 0; i < count; i++) {
            reroute(position, nowNs);
            position += LENGTH;
            if (position >= flows.length()) {
                position = 0;
            }
        }
        remaining -= count;
        return count;
    }

    /**
     * How many flows were given another hop, or none.
     *
     * @return since the start
     */
    public long movedCount() {
        return movedCount;
    }

    /** Only the direction to the client has a hop of its own; the backend's record has the other one's. */
    private void reroute(final long slot, final long nowNs) {
        final int control = flows.getIntAcquire(slot + CONTROL_OFFSET);
        if (!FlowState.isLive(control & STATE_MASK) || (control >>> KIND_SHIFT & KIND_REVERSE) == 0) {
            return;
        }
        final int word = flows.getIntAcquire(slot + WORD_OFFSET);
        final int stored = (word & HOP_MASK) >>> HOP_SHIFT;
        if (stored == NextHopTable.NOT_RESOLVED) {
            return;
        }
        final int index = resolver.follow(
                flows.getLong(slot + CLIENT_OFFSET),
                flows.getLong(slot + CLIENT_OFFSET + AddressDescriptor.WORD1_OFFSET),
                stored,
                nowNs);
        if (index > NextHopTable.NOT_RESOLVED) {
            if (index != stored) {
                store(slot, control, word, index);
                if (!NextHopTable.isUsable(table.state(index))) {
                    resolver.ask(index, nowNs);
                }
            }
        } else if (table.tagCount(stored) == 0) {
            store(slot, control, word, NextHopTable.NOT_RESOLVED);
        }
        // Tags that a frame told can't be found out again: such a hop stays until a route tells better.
    }

    private void store(final long slot, final int control, final int word, final int index) {
        final int replaced = word & ~HOP_MASK | index << HOP_SHIFT;
        if (flows.compareAndSetInt(slot + WORD_OFFSET, word, replaced)) {
            movedCount++;
            if (isAnother(control, flows.getIntAcquire(slot + CONTROL_OFFSET))) {
                flows.compareAndSetInt(slot + WORD_OFFSET, replaced, replaced & ~HOP_MASK);
            }
        }
    }

    /** A connection's state may change; its kind and version are its own. */
    private static boolean isAnother(final int control, final int controlNow) {
        return (control ^ controlNow) >>> KIND_SHIFT != 0 || !FlowState.isLive(controlNow & STATE_MASK);
    }
}
