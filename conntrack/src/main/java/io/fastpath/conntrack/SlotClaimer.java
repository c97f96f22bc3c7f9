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

    private int oldestIndex;
    private int oldestControl;
    private int oldestIdleTicks;

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

    private boolean makeRoom(final int homeIndex, final int nowTicks) {
        oldestIndex = NONE;
        for (int i = 0; i < FlowDescriptor.HOP_BITS; i++) {
            final int slotIndex = neighbourhood.position(homeIndex, i);
            if (expiry.visit(slotIndex, nowTicks) || visitPeer(slotIndex, nowTicks)) {
                return true;
            }
            considerEmbryonic(slotIndex, nowTicks);
        }
        if (oldestIndex == NONE) {
            return false;
        }
        if (remover.removePair(oldestIndex, oldestControl, nowTicks)) {
            events.evictedEmbryonic();
        }
        return true;
    }

    /** A reverse slot goes with its forward one, which may stand elsewhere. */
    private boolean visitPeer(final int slotIndex, final int nowTicks) {
        final int control = slots.control(slotIndex);
        return Control.isLive(control)
                && Control.isReverse(control)
                && expiry.visit(slots.getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET), nowTicks);
    }

    private void considerEmbryonic(final int slotIndex, final int nowTicks) {
        final int control = slots.control(slotIndex);
        if (!Control.isLive(control)) {
            return;
        }
        final int peerIndex = slots.getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET);
        final int forwardIndex = Control.isReverse(control) ? peerIndex : slotIndex;
        final int reverseIndex = Control.isReverse(control) ? slotIndex : peerIndex;
        final int forward = slots.control(forwardIndex);
        if (!isEmbryonic(Control.state(forward))
                || !remover.isReverseOf(reverseIndex, slots.control(reverseIndex), forwardIndex)
                || slots.getInt(forwardIndex, FlowDescriptor.PEER_INDEX_OFFSET) != reverseIndex) {
            return;
        }
        final int idleTicks = expiry.idleTicks(forwardIndex, reverseIndex, nowTicks);
        if (oldestIndex == NONE || idleTicks > oldestIdleTicks) {
            oldestIndex = forwardIndex;
            oldestControl = forward;
            oldestIdleTicks = idleTicks;
        }
    }

    private static boolean isEmbryonic(final int state) {
        return state == FlowState.TCP_SYN_SENT
                || state == FlowState.TCP_SYN_RECV
                || state == FlowState.TCP_SYN_SENT2
                || state == FlowState.UDP_SINGLE;
    }
}
