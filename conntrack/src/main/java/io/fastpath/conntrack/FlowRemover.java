package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;

/**
 * Takes connections out, both directions together; also those that a dead writer left half in or half out. Every step
 * is a compare-and-swap on a word that names the tenant, so several may work at one removal, and one who was stopped
 * in the middle for an hour does no harm when it goes on. Any thread; the events are the calling thread's.
 */
final class FlowRemover {
    private final SlotMemory slots;
    private final Neighbourhood neighbourhood;
    private final FlowEvents events;

    FlowRemover(final SlotMemory slots, final Neighbourhood neighbourhood, final FlowEvents events) {
        this.slots = slots;
        this.neighbourhood = neighbourhood;
        this.events = events;
    }

    /**
     * Removes a connection by its forward slot.
     *
     * @param forward the slot's control word as read; live
     * @return whether this call won: false if the word has changed since
     */
    boolean removePair(final int forwardIndex, final int forward, final int nowTicks) {
        if (!kill(forwardIndex, forward, nowTicks)) {
            return false;
        }
        finishPair(forwardIndex, Control.withState(forward, FlowState.DYING), Control.state(forward), nowTicks);
        return true;
    }

    /** The same for a connection that nobody has been told of, and nobody shall be. */
    boolean removeUnpublished(final int forwardIndex, final int forward, final int nowTicks) {
        return kill(forwardIndex, forward, nowTicks)
                && dismantle(forwardIndex, Control.withState(forward, FlowState.DYING), nowTicks);
    }

    /**
     * Goes on with the removal of a connection whose forward slot is dying already. Who frees it reports it closed.
     *
     * @param dying the forward slot's control word
     * @param lastState to report
     * @return whether this call freed it
     */
    boolean finishPair(final int forwardIndex, final int dying, final int lastState, final int nowTicks) {
        final int serviceIndex = slots.getUnsignedShort(forwardIndex, FlowDescriptor.SERVICE_INDEX_OFFSET);
        final int backendIndex = slots.getUnsignedShort(forwardIndex, FlowDescriptor.BACKEND_INDEX_OFFSET);
        final long client0 = slots.getLong(forwardIndex, FlowDescriptor.CLIENT_OFFSET);
        final long client1 = slots.getLong(forwardIndex, FlowDescriptor.CLIENT_OFFSET + AddressDescriptor.WORD1_OFFSET);
        final boolean isFreed = dismantle(forwardIndex, dying, nowTicks);
        if (isFreed) {
            events.closed(serviceIndex, backendIndex, lastState);
            if (Control.isCounted(dying)) {
                events.counted(client0, client1, serviceIndex, -1);
            }
        }
        return isFreed;
    }

    /**
     * Takes back a connection whose forward slot this writer made live but could not publish.
     *
     * @param forward the slot's control word as this writer left it; the state may have changed since
     * @return false if somebody else had removed it, and reported it closed
     */
    boolean withdraw(final int forwardIndex, final int forward, final int nowTicks) {
        for (int i = 0; i < Neighbourhood.RETRY_LIMIT; i++) {
            final int current = slots.control(forwardIndex);
            if (!Control.isSameTenant(current, forward) || !Control.isLive(current)) {
                return false;
            }
            if (removeUnpublished(forwardIndex, current, nowTicks)) {
                return true;
            }
        }
        return true;
    }

    /** The reverse slot is free before the forward one is: a live reverse slot has its forward one beside it. */
    private boolean dismantle(final int forwardIndex, final int dying, final int nowTicks) {
        final int reverseIndex = slots.getInt(forwardIndex, FlowDescriptor.PEER_INDEX_OFFSET);
        if (slots.control(forwardIndex) != dying) {
            return false; // somebody else finished it
        }
        removeReverse(reverseIndex, forwardIndex, nowTicks);
        return finish(forwardIndex, dying);
    }

    /** Removes the reverse slot of a forward one, if it is that: whether it is live or dying already. */
    private void removeReverse(final int reverseIndex, final int forwardIndex, final int nowTicks) {
        for (int i = 0; i < Neighbourhood.RETRY_LIMIT; i++) {
            final int reverse = slots.control(reverseIndex);
            if (!isReverseOf(reverseIndex, reverse, forwardIndex)) {
                return;
            }
            if (Control.state(reverse) == FlowState.DYING || kill(reverseIndex, reverse, nowTicks)) {
                finish(reverseIndex, Control.withState(reverse, FlowState.DYING));
                return;
            }
        }
    }

    /** Removes one reverse slot that has no partner, or whose partner is not its own. */
    boolean removeHalf(final int slotIndex, final int control, final int nowTicks) {
        return kill(slotIndex, control, nowTicks) && finish(slotIndex, Control.withState(control, FlowState.DYING));
    }

    /**
     * The last steps of a slot: invisible, then free.
     *
     * @param dying the slot's control word
     * @return whether this call freed it
     */
    boolean finish(final int slotIndex, final int dying) {
        neighbourhood.hide(slotIndex, dying);
        return slots.casControl(slotIndex, dying, Control.freed(dying));
    }

    /**
     * Gives back a slot that is not visible: a claim, or a live entry before its publication.
     *
     * @param control as this writer left it; the state may have changed since
     */
    void release(final int slotIndex, final int control) {
        for (int i = 0; i < Neighbourhood.RETRY_LIMIT; i++) {
            final int current = slots.control(slotIndex);
            final int state = Control.state(current);
            if (!Control.isSameTenant(current, control) || state == FlowState.FREE || state == FlowState.DYING) {
                return; // somebody else's, or somebody else is at it
            }
            if (slots.casControl(slotIndex, current, Control.freed(current))) {
                return;
            }
        }
    }

    /** Whether a slot is the reverse direction of a forward one: both words must be of one reading. */
    boolean isReverseOf(final int reverseIndex, final int reverse, final int forwardIndex) {
        return (Control.isLive(reverse) || Control.state(reverse) == FlowState.DYING)
                && Control.isReverse(reverse)
                && slots.getInt(reverseIndex, FlowDescriptor.PEER_INDEX_OFFSET) == forwardIndex;
    }

    /** The time is stored first: whoever finds the slot dying must not think that it has been so for long. */
    private boolean kill(final int slotIndex, final int control, final int nowTicks) {
        slots.putInt(slotIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET, nowTicks);
        return slots.casControl(slotIndex, control, Control.withState(control, FlowState.DYING));
    }
}
