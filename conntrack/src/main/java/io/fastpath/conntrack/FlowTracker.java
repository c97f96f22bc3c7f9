package io.fastpath.conntrack;

import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.conntrack.tcp.TcpStates;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;

/**
 * What a packet does to its connection: time and state. The forward slot's control word is the truth about the state;
 * the reverse slot has a copy, so that a packet in the middle of a connection touches its own slot only. Any thread;
 * the events are the calling thread's.
 */
final class FlowTracker {
    private static final int RETRY_LIMIT = 8;

    private final SlotMemory slots;
    private final FlowEvents events;

    FlowTracker(final SlotMemory slots, final FlowEvents events) {
        this.slots = slots;
        this.events = events;
    }

    /** See {@code FlowTable.track}. */
    int track(final long handle, final int tcpFlags, final int nowTicks) {
        final int slotIndex = FlowHandle.slotIndex(handle);
        final int state = FlowHandle.state(handle);
        final boolean isSteady =
                state == FlowState.TCP_ESTABLISHED ? TcpFlags.isPlainAck(tcpFlags) : state == FlowState.UDP_STREAM;
        final int verdict = isSteady ? TrackVerdict.ACCEPTED : change(slotIndex, handle, tcpFlags);
        if (verdict == TrackVerdict.ACCEPTED
                && slots.getInt(slotIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET) != nowTicks) {
            slots.putInt(slotIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET, nowTicks);
        }
        return verdict;
    }

    private int change(final int slotIndex, final long handle, final int tcpFlags) {
        final boolean isReverse = FlowHandle.isReverse(handle);
        final int forwardIndex = slots.forwardIndex(handle);
        final boolean isCloser =
                (slots.getUnsignedByte(slotIndex, FlowDescriptor.TRACKING_OFFSET) & FlowDescriptor.FIN_SEEN) != 0;
        for (int i = 0; i < RETRY_LIMIT; i++) {
            final int forward = slots.control(forwardIndex);
            if (!slots.isForwardOf(forwardIndex, forward, handle)) {
                return TrackVerdict.GONE;
            }
            final int answer = next(forward, tcpFlags, isReverse, isCloser);
            if (answer < 0) {
                return answer == TcpStates.BAD_FLAGS ? TrackVerdict.BAD_FLAGS : TrackVerdict.BAD_STATE;
            }
            if (apply(slotIndex, forwardIndex, forward, answer, tcpFlags)) {
                return TrackVerdict.ACCEPTED;
            }
        }
        return TrackVerdict.BUSY;
    }

    /** See {@code FlowTable.resume}. */
    boolean establish(final long handle) {
        final int forwardIndex = slots.forwardIndex(handle);
        for (int i = 0; i < RETRY_LIMIT; i++) {
            final int forward = slots.control(forwardIndex);
            if (!slots.isForwardOf(forwardIndex, forward, handle)) {
                return false;
            }
            if (slots.casControl(forwardIndex, forward, Control.withState(forward, FlowState.TCP_ESTABLISHED))) {
                mirror(forwardIndex, slots.getInt(forwardIndex, FlowDescriptor.PEER_INDEX_OFFSET));
                return true;
            }
        }
        return false;
    }

    /**
     * Counts a SYN that came again. A benign race: of two at once one may not be counted.
     *
     * @param forward a handle of the forward slot
     * @return how many came again, this one included, up to {@link FlowDescriptor#SYNS_LIMIT}; 0 if the connection is gone
     */
    int countSyn(final long forward) {
        final int slotIndex = FlowHandle.slotIndex(forward);
        final int tracking = slots.getUnsignedByte(slotIndex, FlowDescriptor.TRACKING_OFFSET);
        if (!slots.stillValid(slotIndex, FlowHandle.control(forward))) {
            return 0;
        }
        final int count = Math.min(FlowDescriptor.SYNS_LIMIT, (tracking >>> FlowDescriptor.SYNS_SHIFT) + 1);
        final int others = tracking & (1 << FlowDescriptor.SYNS_SHIFT) - 1;
        slots.putByte(slotIndex, FlowDescriptor.TRACKING_OFFSET, others | count << FlowDescriptor.SYNS_SHIFT);
        return count;
    }

    private boolean apply(
            final int slotIndex, final int forwardIndex, final int forward, final int answer, final int tcpFlags) {
        final int next = TcpStates.state(answer);
        final int peerIndex = slots.getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET);
        final int reverseIndex = slotIndex == forwardIndex ? peerIndex : slotIndex;
        if (TcpStates.reopens(answer)) {
            slots.putByte(forwardIndex, FlowDescriptor.TRACKING_OFFSET, 0);
            slots.putByte(reverseIndex, FlowDescriptor.TRACKING_OFFSET, 0);
        } else if (!isUdp(next) && (tcpFlags & TcpFlags.FIN) != 0) {
            slots.putByte(slotIndex, FlowDescriptor.TRACKING_OFFSET, FlowDescriptor.FIN_SEEN);
        }
        if (next != Control.state(forward)
                && !slots.casControl(forwardIndex, forward, Control.withState(forward, next))) {
            return false;
        }
        if (next != Control.state(forward) || slotIndex == reverseIndex) {
            mirror(forwardIndex, reverseIndex);
        }
        if (TcpStates.reopens(answer)) {
            events.reopened();
        }
        return true;
    }

    /**
     * Copies the state. The copy is read before the truth, and after a swap both are read once more: whoever swaps
     * last has seen the truth unchanged since, and whoever changes it later copies it again.
     */
    void mirror(final int forwardIndex, final int reverseIndex) {
        for (int i = 0; i < RETRY_LIMIT; i++) {
            final int reverse = slots.control(reverseIndex);
            final int forward = slots.control(forwardIndex);
            if (!Control.isLive(reverse)
                    || !Control.isReverse(reverse)
                    || !Control.isLive(forward)
                    || Control.state(reverse) == Control.state(forward)
                    || slots.getInt(reverseIndex, FlowDescriptor.PEER_INDEX_OFFSET) != forwardIndex) {
                return;
            }
            slots.casControl(reverseIndex, reverse, Control.withState(reverse, Control.state(forward)));
        }
    }

    private static boolean isUdp(final int state) {
        return state == FlowState.UDP_SINGLE || state == FlowState.UDP_STREAM;
    }

    /** Replies that go past the node can't make a stream of datagrams: there the client's second one does. */
    private static int next(final int control, final int tcpFlags, final boolean isReverse, final boolean isCloser) {
        final int state = Control.state(control);
        final boolean isDirect = Control.isDirect(control);
        if (isUdp(state)) {
            return isReverse || isDirect ? FlowState.UDP_STREAM : state;
        }
        return isDirect
                ? TcpStates.nextDirect(state, tcpFlags, isReverse)
                : TcpStates.next(state, tcpFlags, isReverse, isCloser);
    }
}
