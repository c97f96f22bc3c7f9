package io.fastpath.conntrack;

/**
 * Walks over all connections of a table while others change it: those that live from the walk's beginning to its end
 * are seen exactly once, those that come or go meanwhile once or not at all, and an entry that is just being published
 * may be seen a moment before a look-up finds it. One thread, any.
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
     * Goes on to the next connection.
     *
     * @return false at the table's end
     */
    public boolean next() {
        while (nextIndex < slots.slotCount()) {
            if (flow.copy(slots, nextIndex++)) {
                return true;
            }
        }
        return false;
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
