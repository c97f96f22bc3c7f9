package io.fastpath.conntrack;

/**
 * Walks over all connections of a table while others change it: those that live from the walk's beginning to its end
 * are seen exactly once, those that come or go meanwhile once or not at all, and an entry that is just being published
 * may be seen a moment before a look-up finds it. One thread, any.
 *
 * <p>A step is bounded: in a table of millions of slots the next connection may be far, and whoever walks may have other
 * things to do meanwhile.
 */
public final class FlowCursor {
    private final SlotMemory slots;
    private final FlowFlyweight flow = new FlowFlyweight();
    private int nextIndex;

    /**
     * A walk from the table's beginning.
     *
     * @param table to walk over
     */
    public FlowCursor(final FlowTable table) {
        this.slots = table.slots();
    }

    /**
     * Goes on to the next connection, however far it is.
     *
     * @return false at the table's end
     */
    public boolean next() {
        return next(slots.slotCount());
    }

    /**
     * Goes on to the next connection, if it is near. If it isn't, the next call goes on where this one stopped.
     *
     * @param slotLimit slots to look at, from 1
     * @return false if there is none among them: ask {@link #isAtEnd()} whether the walk is over
     */
    public boolean next(final int slotLimit) {
        final int end = nextIndex + Math.min(slotLimit, slots.slotCount() - nextIndex);
        while (nextIndex < end) {
            if (flow.copy(slots, nextIndex++)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the walk is over.
     *
     * @return true if all slots were looked at
     */
    public boolean isAtEnd() {
        return nextIndex == slots.slotCount();
    }

    /**
     * Where the walk is.
     *
     * @return slots looked at
     */
    public int slotIndex() {
        return nextIndex;
    }

    /**
     * The connection that {@link #next} found.
     *
     * @return always the same object
     */
    public FlowFlyweight flow() {
        return flow;
    }

    /** Begins again. */
    public void reset() {
        nextIndex = 0;
    }
}
