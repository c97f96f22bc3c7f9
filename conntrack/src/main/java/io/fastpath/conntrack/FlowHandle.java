package io.fastpath.conntrack;

/**
 * What a look-up or an open answers, packed into a long: negative is a failure's code, anything else names a slot and
 * the control word it was seen with, which tells a slot's later tenant from this one. Pure functions; any thread.
 *
 * <pre>
 *   63 62 61                              30 29                         0
 *  +--+--+----------------------------------+----------------------------+
 *  |0 |E | control                          | slot index                 |   E: somebody else's entry
 *  +--+--+----------------------------------+----------------------------+
 * </pre>
 */
public final class FlowHandle {
    /** No live entry has this tuple. */
    public static final long NOT_FOUND = -1;

    /** No slot for a new connection, and no embryonic one to make room. Count DROP_FLOW_TABLE_FULL. */
    public static final long FULL = -2;

    /** No source port left towards this backend, or, without SNAT, its reply tuple is another connection's. */
    public static final long PORTS_EXHAUSTED = -3;

    /** Another writer is entering the same connection; this packet can't wait. Count DROP_FLOW_BUSY. */
    public static final long BUSY = -4;

    private static final int CONTROL_SHIFT = 30;
    private static final long SLOT_MASK = (1L << CONTROL_SHIFT) - 1;
    private static final long CONTROL_MASK = 0xffff_ffffL;
    private static final long EXISTING = 1L << 62;

    private FlowHandle() {}

    /**
     * Packs.
     *
     * @param slotIndex below 2^30
     * @param control of the slot, as it was read
     * @return the handle
     */
    public static long of(final int slotIndex, final int control) {
        return (control & CONTROL_MASK) << CONTROL_SHIFT | slotIndex;
    }

    /**
     * Marks a handle as somebody else's entry.
     *
     * @param handle of a slot
     * @return the same slot and control word, marked
     */
    static long existing(final long handle) {
        return handle | EXISTING;
    }

    /**
     * Whether it names a slot.
     *
     * @param handle any answer
     * @return false for the failures
     */
    public static boolean isFlow(final long handle) {
        return handle >= 0;
    }

    /**
     * Whether an open found the connection entered already, by an earlier packet or by another writer.
     *
     * @param handle of a slot
     * @return true if so: the packet has still to be tracked
     */
    public static boolean isExisting(final long handle) {
        return (handle & EXISTING) != 0;
    }

    /**
     * The slot.
     *
     * @param handle of a slot
     * @return its index
     */
    public static int slotIndex(final long handle) {
        return (int) (handle & SLOT_MASK);
    }

    /**
     * The control word.
     *
     * @param handle of a slot
     * @return as it was when the slot was found
     */
    public static int control(final long handle) {
        return (int) (handle >>> CONTROL_SHIFT);
    }

    /**
     * The connection's state when the slot was found.
     *
     * @param handle of a slot
     * @return a code of {@code FlowState}
     */
    public static int state(final long handle) {
        return Control.state(control(handle));
    }

    /**
     * Whether the slot is the direction from the backend.
     *
     * @param handle of a slot
     * @return true for replies
     */
    public static boolean isReverse(final long handle) {
        return Control.isReverse(control(handle));
    }

    /**
     * Whether the connection's backend answers the client itself.
     *
     * @param handle of a slot
     * @return true in the modes of direct server return
     */
    public static boolean isDirect(final long handle) {
        return Control.isDirect(control(handle));
    }

    /**
     * Whether a SYN cookie opened the connection: its backend's sequence numbers are translated.
     *
     * @param handle of a slot
     * @return true if so
     */
    public static boolean isProxied(final long handle) {
        return Control.isProxied(control(handle));
    }

    /**
     * Whether the connection's sequence numbers are noted beside its slot.
     *
     * @param handle of a slot
     * @return true if its segments are to be judged by them
     */
    public static boolean isChecked(final long handle) {
        return Control.isChecked(control(handle));
    }

    /**
     * Whether segments out of the connection's windows are dropped.
     *
     * @param handle of a slot whose connection is checked
     * @return true if so
     */
    public static boolean isStrict(final long handle) {
        return Control.isStrict(control(handle));
    }

    /**
     * The forwarding mode of the connection.
     *
     * @param handle of a slot
     * @return a code of {@code Forwarding}
     */
    public static int forwardingCode(final long handle) {
        return Control.forwardingCode(control(handle));
    }
}
