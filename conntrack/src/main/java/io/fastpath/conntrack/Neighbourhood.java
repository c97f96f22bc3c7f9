package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;

/**
 * The homes' bitmaps: look-up through them, and the two steps that make an entry visible and invisible. The
 * compare-and-swap of a home's word is where an insertion takes effect. Any thread.
 */
final class Neighbourhood {
    /** Farthest position from its home: 23 * 24 / 2. */
    static final int SPAN = (FlowDescriptor.HOP_BITS - 1) * FlowDescriptor.HOP_BITS / 2;

    /** How often a word that others change is tried again before the packet gives up. */
    static final int RETRY_LIMIT = 16;

    private static final int NO_BIT = -1;

    private final SlotMemory slots;
    private final TupleRules rules;
    private final int slotCount;

    Neighbourhood(final SlotMemory slots, final TupleRules rules) {
        this.slots = slots;
        this.rules = rules;
        this.slotCount = slots.slotCount();
    }

    /** A home's i-th position: triangular distances, so that neighbours of different homes part soon. */
    int position(final int homeIndex, final int i) {
        final int position = homeIndex + (i * (i + 1) >>> 1);
        return position < slotCount ? position : position - slotCount;
    }

    /**
     * The live entry of a tuple among a home's.
     *
     * @param hop the home's word, as loaded before
     * @return a handle, or {@link FlowHandle#NOT_FOUND}
     */
    long find(
            final int homeIndex,
            final int hop,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        int bits = hop & FlowDescriptor.HOP_MASK;
        while (bits != 0) {
            final int slotIndex = position(homeIndex, Integer.numberOfTrailingZeros(bits));
            final int control = slots.control(slotIndex);
            if (Control.isLive(control)
                    && rules.matches(slotIndex, control, source0, source1, destination0, destination1, ports, protocol)
                    && slots.stillValid(slotIndex, control)) {
                return FlowHandle.of(slotIndex, control);
            }
            bits &= bits - 1;
        }
        return FlowHandle.NOT_FOUND;
    }

    /**
     * Loads the home's word and looks whether the tuple is there already.
     *
     * @return the rival's handle, or {@link FlowHandle#NOT_FOUND}: then the word is the validated one
     */
    long validate(final PendingEntry entry) {
        entry.validatedHop = slots.hop(entry.homeIndex);
        return find(
                entry.homeIndex,
                entry.validatedHop,
                entry.source0,
                entry.source1,
                entry.destination0,
                entry.destination1,
                entry.ports,
                entry.protocol);
    }

    /**
     * Makes a claimed and filled slot live, then visible: unless an entry of the same tuple appeared meanwhile.
     *
     * @param entry validated, claimed and filled; its control word is updated
     * @param state to begin in
     * @return {@link FlowHandle#NOT_FOUND} if published; the rival's handle; or {@link FlowHandle#BUSY}, if somebody
     *     else removed it at once or the contention does not end
     */
    long publish(final PendingEntry entry, final int state) {
        final int live = Control.withState(entry.control, state);
        if (!slots.casControl(entry.slotIndex, entry.control, live)) {
            return FlowHandle.BUSY; // held to be dead, and reclaimed
        }
        entry.control = live;
        for (int i = 0; i < RETRY_LIMIT; i++) {
            final int visible = PendingEntry.withInsert(entry.validatedHop, entry.hopBit());
            if (slots.casHop(entry.homeIndex, entry.validatedHop, visible)) {
                if (slots.stillValid(entry.slotIndex, live)) {
                    return FlowHandle.NOT_FOUND;
                }
                takeBack(entry);
                return FlowHandle.BUSY;
            }
            final long rival = validate(entry);
            if (rival != FlowHandle.NOT_FOUND) {
                return rival;
            }
        }
        return FlowHandle.BUSY;
    }

    /** Clears the bit of an entry that was removed before it was visible: its remover did not see the bit. */
    private void takeBack(final PendingEntry entry) {
        for (int i = 0; i < RETRY_LIMIT; i++) {
            final int hop = slots.hop(entry.homeIndex);
            final int control = slots.control(entry.slotIndex);
            final boolean isNextTenants = !Control.isSameTenant(control, entry.control)
                    && Control.state(control) != FlowState.FREE
                    && Control.state(control) != FlowState.CLAIMED;
            if ((hop & entry.hopBit()) == 0
                    || isNextTenants
                    || slots.casHop(entry.homeIndex, hop, hop & ~entry.hopBit())) {
                return;
            }
        }
    }

    /**
     * Makes a dying entry invisible, if it is not so already. Several may do it at once.
     *
     * @param dying the slot's control word
     */
    void hide(final int slotIndex, final int dying) {
        final int homeIndex = rules.homeOf(slotIndex, dying);
        final int bit = bitOf(homeIndex, slotIndex);
        if (bit == NO_BIT) {
            return;
        }
        for (int i = 0; i < RETRY_LIMIT; i++) {
            final int hop = slots.hop(homeIndex);
            if ((hop & 1 << bit) == 0
                    || slots.control(slotIndex) != dying
                    || slots.casHop(homeIndex, hop, hop & ~(1 << bit))) {
                return;
            }
        }
    }

    /** Clears those of a home's bits that point at slots which nobody holds: a dead writer's. */
    void clearStaleBits(final int homeIndex) {
        int bits = slots.hop(homeIndex) & FlowDescriptor.HOP_MASK;
        while (bits != 0) {
            clearStaleBit(homeIndex, Integer.numberOfTrailingZeros(bits));
            bits &= bits - 1;
        }
    }

    private void clearStaleBit(final int homeIndex, final int bit) {
        final int hop = slots.hop(homeIndex);
        final int state = Control.state(slots.control(position(homeIndex, bit)));
        if ((hop & 1 << bit) != 0 && (state == FlowState.FREE || state == FlowState.CLAIMED)) {
            slots.casHop(homeIndex, hop, hop & ~(1 << bit));
        }
    }

    /** Whether a live entry can be found through its home. */
    boolean isVisible(final int slotIndex, final int control) {
        final int homeIndex = rules.homeOf(slotIndex, control);
        final int bit = bitOf(homeIndex, slotIndex);
        return bit != NO_BIT && (slots.hop(homeIndex) & 1 << bit) != 0;
    }

    private int bitOf(final int homeIndex, final int slotIndex) {
        final int ahead = slotIndex - homeIndex;
        final int distance = ahead < 0 ? ahead + slotCount : ahead;
        for (int i = 0; i < FlowDescriptor.HOP_BITS; i++) {
            if (i * (i + 1) >>> 1 == distance) {
                return i;
            }
        }
        return NO_BIT;
    }
}
