package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import java.util.concurrent.TimeUnit;

/**
 * Takes a tuple back from a connection that needs it no more, for a new one that found no other: from one that has
 * expired and was not swept yet, or that has ended (TIME_WAIT, or reset) and been silent for a second. The backend may
 * hold such an ended connection, too: it takes a new SYN whose sequence number or timestamp is later (RFC 6191, RFC 9293
 * 3.6.1), and answers any other so that the client sends again. A second is what Linux waits for its own
 * ({@code tcp_tw_reuse_delay}). One thread.
 */
final class PortRecycler {
    static final int SILENT_TICKS = FlowDescriptor.ticks(TimeUnit.SECONDS.toNanos(1));

    private final SlotMemory slots;
    private final FlowRemover remover;
    private final FlowExpiry expiry;
    private final FlowEvents events;

    PortRecycler(final SlotMemory slots, final FlowRemover remover, final FlowExpiry expiry, final FlowEvents events) {
        this.slots = slots;
        this.remover = remover;
        this.expiry = expiry;
        this.events = events;
    }

    /**
     * Whether a connection's tuple could be had.
     *
     * @param handle of its reverse slot
     * @return false also where it just changed
     */
    boolean isRecyclable(final long handle, final int nowTicks) {
        return forward(handle, nowTicks) != FlowHandle.NOT_FOUND;
    }

    /** Removes the connection, if it is still so. */
    void recycle(final long handle, final int nowTicks) {
        final long forward = forward(handle, nowTicks);
        if (forward != FlowHandle.NOT_FOUND
                && remover.removePair(FlowHandle.slotIndex(forward), FlowHandle.control(forward), nowTicks)) {
            events.recycled();
        }
    }

    /** A handle of the forward slot, if the tuple could be had. */
    private long forward(final long handle, final int nowTicks) {
        final int forwardIndex = slots.forwardIndex(handle);
        final int forward = slots.control(forwardIndex);
        final int idleTicks = Math.min(
                expiry.idleTicks(forwardIndex, nowTicks), expiry.idleTicks(FlowHandle.slotIndex(handle), nowTicks));
        final boolean isRecyclable = slots.isForwardOf(forwardIndex, forward, handle)
                && (isEnded(Control.state(forward)) && idleTicks > SILENT_TICKS || expiry.isDue(forward, idleTicks));
        return isRecyclable ? FlowHandle.of(forwardIndex, forward) : FlowHandle.NOT_FOUND;
    }

    private static boolean isEnded(final int state) {
        return state == FlowState.TCP_TIME_WAIT || state == FlowState.TCP_CLOSE;
    }
}
