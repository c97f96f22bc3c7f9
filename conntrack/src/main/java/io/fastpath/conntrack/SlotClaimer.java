package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import java.lang.invoke.VarHandle;

/**
 * Finds a slot for a new entry among its home's positions: a free one, else one whose connection has expired or whose
 * writer is dead, else that of the half-open connection that is idle longest. Established connections never make
 * room. One thread.
 */
final class SlotClaimer {
    /** How often room is made before the neighbourhood counts as full: others may take what was freed. */
    private static final int EVICTION_LIMIT = 4;

    private static final int NONE = -1;

    private final SlotMemory slots;
    private final Neighbourhood neighbourhood;
    private final FlowRemover remover;
    private final FlowExpiry expiry;
    private final FlowEvents events;

    SlotClaimer(
            final SlotMemory slots,
            final Neighbourhood neighbourhood,
            final FlowRemover remover,
            final FlowExpiry expiry,
            final FlowEvents events) {
        this.slots = slots;
        this.neighbourhood = neighbourhood;
        this.remover = remover;
        this.expiry = expiry;
        this.events = events;
    }

    /**
     * Claims a slot for an entry, making room if there must be.
     *
     * @param entry with its home; gets slot, bit and control word
     * @param kind of the slot
     * @return whether there was one
     */
    boolean claim(final PendingEntry entry, final int kind, final int nowTicks) {
        for (int i = 0; i < EVICTION_LIMIT; i++) {
            if (claimFree(entry, kind, nowTicks)) {
                return true;
            }
            if (!makeRoom(entry.homeIndex, nowTicks)) {
                return false;
            }
        }
        return claimFree(entry, kind, nowTicks);
    }

    /**
     * The time is stored before the slot is won: whoever finds it claimed must not think that it has been so for
     * long. If the slot goes to another, its time is that of now all the same.
     */
    private boolean claimFree(final PendingEntry entry, final int kind, final int nowTicks) {
        for (int i = 0; i < FlowDescriptor.HOP_BITS; i++) {
            final int slotIndex = neighbourhood.position(entry.homeIndex, i);
            final int control = slots.control(slotIndex);
            if (Control.state(control) == FlowState.FREE) {
                final int claimed = Control.claimed(control, kind);
                slots.putInt(slotIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET, nowTicks);
                if (slots.casControl(slotIndex, control, claimed)) {
                    VarHandle.storeStoreFence(); // readers of the former tenant see the claim before the new fields
                    entry.slotIndex = slotIndex;
                    entry.control = claimed;
                    entry.bit = i;
                    return true;
                }
            }
        }
        return false;
    }

    /** Judges by the slots at hand; their partners stand elsewhere and cost a cache miss each. */
    private boolean makeRoom(final int homeIndex, final int nowTicks) {
        int oldestIndex = NONE;
        int oldestIdleTicks = 0;
        for (int i = 0; i < FlowDescriptor.HOP_BITS; i++) {
            final int slotIndex = neighbourhood.position(homeIndex, i);
            final int control = slots.control(slotIndex);
            final int idleTicks = expiry.idleTicks(slotIndex, nowTicks);
            if (expiry.isDue(control, idleTicks) && removeDue(slotIndex, control, nowTicks)) {
                return true;
            }
            if (isEmbryonic(Control.state(control)) && (oldestIndex == NONE || idleTicks > oldestIdleTicks)) {
                oldestIndex = slotIndex;
                oldestIdleTicks = idleTicks;
            }
        }
        return oldestIndex != NONE && evict(oldestIndex, nowTicks);
    }

    /** A reverse slot goes with its forward one. */
    private boolean removeDue(final int slotIndex, final int control, final int nowTicks) {
        return expiry.visit(slotIndex, nowTicks)
                || Control.isLive(control)
                        && Control.isReverse(control)
                        && expiry.visit(slots.getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET), nowTicks);
    }

    /** Evicts the connection of a slot, if it is embryonic by its forward slot too: that is the truth. */
    private boolean evict(final int slotIndex, final int nowTicks) {
        final int control = slots.control(slotIndex);
        final long handle = FlowHandle.of(slotIndex, control);
        final int forwardIndex = slots.forwardIndex(handle);
        final int forward = slots.control(forwardIndex);
        final boolean isEvictable = Control.isLive(control)
                && slots.isForwardOf(forwardIndex, forward, handle)
                && isEmbryonic(Control.state(forward));
        if (isEvictable && remover.removePair(forwardIndex, forward, nowTicks)) {
            events.evictedEmbryonic();
        }
        return true; // somebody else changed it: worth another look
    }

    private static boolean isEmbryonic(final int state) {
        return state == FlowState.TCP_SYN_SENT
                || state == FlowState.TCP_SYN_RECV
                || state == FlowState.TCP_SYN_SENT2
                || state == FlowState.UDP_SINGLE;
    }
}
