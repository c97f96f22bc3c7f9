package io.fastpath.fastpath.drain;

import io.fastpath.conntrack.FlowCursor;
import io.fastpath.conntrack.FlowFlyweight;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.service.DrainSpec.Fate;

/**
 * Takes the flows of drained backends away, in bounded pieces of a walk over the flow table. Both engines go on meanwhile
 * and need to know nothing of it: a flow that is gone is opened anew by its next packet, and so with a backend that takes
 * new flows. That does for datagrams, and for TCP connections whose handshake isn't done. An established one that is to
 * move is entered again here, as no segment of it could open it; one that is to be reset is taken out, and the engines
 * answer its next segment. One thread.
 */
public final class FlowMover {
    /** Slots of a piece: about a millisecond, as long as the control thread's other duties may wait. */
    static final int PIECE_SLOTS = 1 << 14;

    private final FlowTable flows;
    private final FlowCursor cursor;
    private final Selector selector;
    private final CounterRow counters;
    private final Fate[] fates;
    private boolean isWalking;

    /**
     * A mover that has nothing to do yet.
     *
     * @param flows this thread's own, which tells its events
     * @param selector for the backends to move to
     * @param counters this thread's row
     * @param backendCapacity records in the backend table
     */
    public FlowMover(
            final FlowTable flows, final Selector selector, final CounterRow counters, final int backendCapacity) {
        this.flows = flows;
        this.selector = selector;
        this.counters = counters;
        cursor = new FlowCursor(flows);
        fates = new Fate[backendCapacity];
    }

    /**
     * Says what is to become of a backend's flows at the next walk.
     *
     * @param backendIndex of the backend
     * @param fate {@link Fate#FINISH} to leave them alone
     * @return whether a walk is needed for it that was not before
     */
    boolean mark(final int backendIndex, final Fate fate) {
        final Fate before = fates[backendIndex];
        fates[backendIndex] = fate == Fate.FINISH ? null : fate;
        return fates[backendIndex] != null && before != fate;
    }

    /** All flows are to be met once from now. */
    void begin() {
        cursor.reset();
        isWalking = true;
    }

    /** Walks a piece, if there is something to walk; answers the slots met. */
    int poll(final long nowNs) {
        if (!isWalking) {
            return 0;
        }
        final int first = cursor.slotIndex();
        while (cursor.next(PIECE_SLOTS - (cursor.slotIndex() - first))) {
            meet(cursor.flow(), FlowDescriptor.ticks(nowNs));
            if (cursor.slotIndex() - first >= PIECE_SLOTS) {
                break;
            }
        }
        isWalking = !cursor.isAtEnd();
        return cursor.slotIndex() - first;
    }

    private void meet(final FlowFlyweight flow, final int nowTicks) {
        final int backendIndex = flow.backendIndex();
        final Fate fate = backendIndex < fates.length ? fates[backendIndex] : null;
        if (fate == null || hasEnded(flow.state())) {
            return;
        }
        if (fate == Fate.MOVE && isEstablished(flow.state())) {
            move(flow, nowTicks);
        } else if (flows.remove(flow.handle(), nowTicks)) {
            final boolean isTold = flow.protocol() == IpProtocol.TCP && fate == Fate.RESET;
            counters.increment((isTold ? Counter.FLOW_ENDED : Counter.FLOW_MOVED).code());
        }
    }

    /** Where no backend takes it, it stays. */
    private void move(final FlowFlyweight flow, final int nowTicks) {
        final int ports = flow.clientPortBe() | flow.vipPortBe() << Short.SIZE;
        final int backendIndex = selector.select(
                flow.serviceIndex(), flow.client0(), flow.client1(), flow.vip0(), flow.vip1(), ports, flow.protocol());
        if (backendIndex == Selector.NONE || !flows.remove(flow.handle(), nowTicks)) {
            return;
        }
        final long handle = flows.open(
                flow.client0(),
                flow.client1(),
                flow.vip0(),
                flow.vip1(),
                ports,
                flow.protocol(),
                flow.serviceIndex(),
                backendIndex,
                flow.forwardingCode(),
                nowTicks);
        if (FlowHandle.isFlow(handle) && !FlowHandle.isExisting(handle)) {
            flows.resume(handle, flow.reverseNextHopIndex());
            counters.increment(Counter.FLOW_MOVED.code());
        }
    }

    private static boolean isEstablished(final int state) {
        return state == FlowState.TCP_ESTABLISHED
                || state == FlowState.TCP_FIN_WAIT
                || state == FlowState.TCP_CLOSE_WAIT;
    }

    private static boolean hasEnded(final int state) {
        return state == FlowState.TCP_LAST_ACK || state == FlowState.TCP_TIME_WAIT || state == FlowState.TCP_CLOSE;
    }
}
