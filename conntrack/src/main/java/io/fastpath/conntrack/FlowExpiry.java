package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;

/**
 * What one look at one slot finds to do: expired connections go, and so do the remains of writers that died between
 * two steps. Any thread; the events are the calling thread's.
 */
final class FlowExpiry {
    private final SlotMemory slots;
    private final Neighbourhood neighbourhood;
    private final FlowRemover remover;
    private final FlowTracker tracker;
    private final FlowTimeouts timeouts;
    private final FlowEvents events;

    FlowExpiry(
            final SlotMemory slots,
            final Neighbourhood neighbourhood,
            final FlowRemover remover,
            final FlowTracker tracker,
            final FlowTimeouts timeouts,
            final FlowEvents events) {
        this.slots = slots;
        this.neighbourhood = neighbourhood;
        this.remover = remover;
        this.tracker = tracker;
        this.timeouts = timeouts;
        this.events = events;
    }

    /**
     * Looks at a slot.
     *
     * @return whether this freed it
     */
    boolean visit(final int slotIndex, final int nowTicks) {
        final int control = slots.control(slotIndex);
        switch (Control.state(control)) {
            case FlowState.FREE:
                return false;
            case FlowState.CLAIMED:
                return isAbandoned(slotIndex, nowTicks)
                        && reclaimed(slots.casControl(slotIndex, control, Control.freed(control)));
            case FlowState.DYING:
                return isAbandoned(slotIndex, nowTicks) && reclaimed(finishDying(slotIndex, control, nowTicks));
            default:
                return Control.isReverse(control)
                        ? visitReverse(slotIndex, control, nowTicks)
                        : visitForward(slotIndex, control, nowTicks);
        }
    }

    /** Whether a visit may find something to do, as far as the slot itself tells. */
    boolean isDue(final int control, final int idleTicks) {
        return Control.isLive(control)
                ? timeouts.isExpired(Control.state(control), idleTicks)
                : idleTicks > FlowTimeouts.ABANDONED_TICKS;
    }

    /** How long a slot has seen no packet, claim or kill. */
    int idleTicks(final int slotIndex, final int nowTicks) {
        return FlowTimeouts.idleTicks(nowTicks, slots.getInt(slotIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET));
    }

    /** A slot that saw a packet just now is left alone, which spares the sweep the other slot's cache miss. */
    private boolean visitForward(final int forwardIndex, final int forward, final int nowTicks) {
        final int ownIdleTicks = idleTicks(forwardIndex, nowTicks);
        if (ownIdleTicks <= FlowTimeouts.ABANDONED_TICKS && !timeouts.isExpired(Control.state(forward), ownIdleTicks)) {
            return false;
        }
        final int reverseIndex = slots.getInt(forwardIndex, FlowDescriptor.PEER_INDEX_OFFSET);
        final int reverse = slots.control(reverseIndex);
        final boolean isPair = remover.isReverseOf(reverseIndex, reverse, forwardIndex)
                && hasSameEndpoints(forwardIndex, reverseIndex);
        if (!slots.stillValid(forwardIndex, forward)) {
            return false;
        }
        if (!isPair) {
            return reclaimed(remover.removePair(forwardIndex, forward, nowTicks));
        }
        if (isAbandoned(forwardIndex, nowTicks) && isLost(forwardIndex, forward)) {
            return reclaimed(remover.removeUnpublished(forwardIndex, forward, nowTicks));
        }
        if (Control.state(forward) != Control.state(reverse)) {
            tracker.mirror(forwardIndex, reverseIndex);
        }
        return timeouts.isExpired(Control.state(forward), ownIdleTicks)
                && timeouts.isExpired(Control.state(forward), idleTicks(reverseIndex, nowTicks))
                && remover.removePair(forwardIndex, forward, nowTicks);
    }

    /** They differ only if a writer was stopped while it filled a slot, lost it, and went on. */
    private boolean hasSameEndpoints(final int slotIndex, final int peerIndex) {
        for (int offset = FlowDescriptor.CLIENT_OFFSET;
                offset < FlowDescriptor.BACKEND_INDEX_OFFSET;
                offset += Long.BYTES) {
            if (slots.getLong(slotIndex, offset) != slots.getLong(peerIndex, offset)) {
                return false;
            }
        }
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.BACKEND_INDEX_OFFSET)
                == slots.getUnsignedShort(peerIndex, FlowDescriptor.BACKEND_INDEX_OFFSET);
    }

    /** A reverse slot goes with its forward one; here it goes only if it has none. */
    private boolean visitReverse(final int reverseIndex, final int reverse, final int nowTicks) {
        if (!isAbandoned(reverseIndex, nowTicks)) {
            return false;
        }
        final int forwardIndex = slots.getInt(reverseIndex, FlowDescriptor.PEER_INDEX_OFFSET);
        final int forward = slots.control(forwardIndex);
        final boolean isPair = Control.state(forward) != FlowState.FREE
                && !Control.isReverse(forward)
                && slots.getInt(forwardIndex, FlowDescriptor.PEER_INDEX_OFFSET) == reverseIndex;
        if (!slots.stillValid(reverseIndex, reverse)) {
            return false;
        }
        if (!isPair) {
            return reclaimed(remover.removeHalf(reverseIndex, reverse, nowTicks));
        }
        return Control.isLive(forward)
                && isLost(reverseIndex, reverse)
                && reclaimed(remover.removePair(forwardIndex, forward, nowTicks));
    }

    /** A live entry without its bit: its writer died before publication. A running publication is not so old. */
    private boolean isLost(final int slotIndex, final int control) {
        return !neighbourhood.isVisible(slotIndex, control) && slots.stillValid(slotIndex, control);
    }

    private boolean finishDying(final int slotIndex, final int dying, final int nowTicks) {
        return Control.isReverse(dying)
                ? remover.finish(slotIndex, dying)
                : remover.finishPair(slotIndex, dying, FlowState.DYING, nowTicks);
    }

    private boolean reclaimed(final boolean isFreed) {
        if (isFreed) {
            events.reclaimed();
        }
        return isFreed;
    }

    private boolean isAbandoned(final int slotIndex, final int nowTicks) {
        return idleTicks(slotIndex, nowTicks) > FlowTimeouts.ABANDONED_TICKS;
    }
}
