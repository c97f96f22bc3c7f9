package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import java.util.function.IntPredicate;

/**
 * Walks a part of the table in circles, a bounded piece per call: connections idle beyond their timeouts go, what dead
 * writers left is taken back, and next hops that no longer hold are forgotten. One thread per object; several objects
 * may work on one table, on parts of their own or on the same.
 */
public final class FlowSweeper {
    private final SlotMemory slots;
    private final Neighbourhood neighbourhood;
    private final FlowExpiry expiry;
    private final IntPredicate isNextHopStale;
    private final int beginIndex;
    private final int endIndex;
    private int cursorIndex;

    /**
     * A sweeper over one of equal parts.
     *
     * @param table of the worker who will call {@link #sweep}; its events are told
     * @param partIndex from 0
     * @param partCount how many parts the table is swept in
     * @param isNextHopStale whether a next hop must not be used any more; never asked for 0
     */
    public FlowSweeper(
            final FlowTable table, final int partIndex, final int partCount, final IntPredicate isNextHopStale) {
        if (partCount < 1 || partIndex < 0 || partIndex >= partCount) {
            throw new IllegalArgumentException("sweep part " + partIndex + " of " + partCount);
        }
        this.slots = table.slots();
        this.neighbourhood = table.neighbourhood();
        this.expiry = table.expiry();
        this.isNextHopStale = isNextHopStale;
        this.beginIndex = (int) ((long) slots.slotCount() * partIndex / partCount);
        this.endIndex = (int) ((long) slots.slotCount() * (partIndex + 1) / partCount);
        this.cursorIndex = beginIndex;
    }

    /**
     * Looks at the next slots of the part.
     *
     * @param nowTicks of {@link FlowDescriptor#ticks}
     * @param slotBudget how many at most; the part is never walked twice in a call
     * @return how many slots were freed, counting a connection once or twice
     */
    public int sweep(final int nowTicks, final int slotBudget) {
        int freed = 0;
        for (int i = Math.min(slotBudget, endIndex - beginIndex); i > 0; i--) {
            if (expiry.visit(cursorIndex, nowTicks)) {
                freed++;
            }
            neighbourhood.clearStaleBits(cursorIndex);
            dropStaleNextHop(cursorIndex);
            cursorIndex = cursorIndex + 1 == endIndex ? beginIndex : cursorIndex + 1;
        }
        return freed;
    }

    /**
     * Where the walk is.
     *
     * @return the slot that the next call begins with
     */
    public int cursorIndex() {
        return cursorIndex;
    }

    /** Benign if a fresh next hop is forgotten too: it is resolved again. */
    private void dropStaleNextHop(final int slotIndex) {
        if (Control.isLive(slots.control(slotIndex))) {
            final int nextHopIndex = slots.getUnsignedShort(slotIndex, FlowDescriptor.NEXT_HOP_INDEX_OFFSET);
            if (nextHopIndex != 0 && isNextHopStale.test(nextHopIndex)) {
                slots.putShort(slotIndex, FlowDescriptor.NEXT_HOP_INDEX_OFFSET, 0);
            }
        }
    }
}
