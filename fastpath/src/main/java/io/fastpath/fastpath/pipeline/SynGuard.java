package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.RateDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * Where a service asks for SYN cookies: SYNs beyond its rate are answered by cookies instead of being let in, and an ACK
 * that brings one back opens the connection that its SYN didn't. C twin: {@code fp_guard.h}. One thread.
 */
final class SynGuard {
    /** Answer of {@link #renew}. */
    static final int RENEWS = -1;

    private final FlowTable flows;
    private final SharedMemory frames;
    private final SharedMemory rates;
    private final SynCookies cookies;
    private final CookieResponder responder;
    private boolean isProxied;
    private int cookie;
    private int clientSequence;

    SynGuard(final PipelineContext context) {
        flows = context.flowTable();
        frames = context.frames();
        rates = context.rateMemory();
        cookies = new SynCookies(context.configMemory());
        responder = new CookieResponder(context, cookies);
    }

    /** Forgets the packet before. */
    void begin() {
        isProxied = false;
    }

    /** Whether the packet's cookie opens a connection. */
    boolean isProxied() {
        return isProxied;
    }

    /** The cookie that the packet brought back. */
    int cookie() {
        return cookie;
    }

    /** The sequence number of the SYN that it was given for. */
    int clientSequence() {
        return clientSequence;
    }

    /** Whether a segment is a SYN that nothing speaks against, or none, of no connection. */
    static boolean mayBeGuarded(final int refusal) {
        return refusal == 0 || refusal == Verdict.DROP_NO_FLOW || refusal == Verdict.ANSWERED_RESET;
    }

    /**
     * What a TCP segment of no connection comes to.
     *
     * @param refusal 0 if it may open one, or what becomes of it if it is no SYN
     * @return that it was answered; 0 where it may go on; or a drop code
     */
    int judge(final PacketBatch batch, final int i, final int serviceIndex, final int refusal, final long nowNs) {
        final long rate = RateDescriptor.recordOffset(serviceIndex);
        final long intervalNs = rates.getLongAcquire(rate + RateDescriptor.SYN_INTERVAL_NS_OFFSET);
        if (intervalNs == 0) {
            return refusal;
        }
        final boolean isFragment = FragmentWord.isFragment(batch.fragment(i));
        if (TcpFlags.opens(batch.tcpFlags(i))) {
            if (RateLimiter.take(rates, rate + RateDescriptor.SYN_FULL_NS_OFFSET, intervalNs, nowNs)) {
                return 0;
            }
            return isFragment // nobody needs to fragment a SYN
                    ? Verdict.DROP_FRAGMENT
                    : responder.answer(batch, i, serviceIndex, nowNs);
        }
        if (isFragment || !TcpFlags.isPlainAck(batch.tcpFlags(i))) {
            return refusal;
        }
        if (!hasCookie(batch, i, nowNs)) {
            return refusal == Verdict.DROP_NO_FLOW ? Verdict.DROP_COOKIE : refusal;
        }
        if (batch.timeToLive(i) < FlowForwarder.TTL_MIN) {
            return Verdict.DROP_TTL_EXPIRED;
        }
        isProxied = true;
        return 0;
    }

    /** Whether a packet may find a connection at its end, whose tuples a new one could have. */
    static boolean mayRenew(final long handle) {
        final int state = FlowHandle.state(handle);
        return state >= FlowState.TCP_LAST_ACK && state <= FlowState.TCP_CLOSE && !FlowHandle.isReverse(handle);
    }

    /**
     * The same for a client's segment of a connection at its end.
     *
     * @return 0 where it goes on as one of that; {@link #RENEWS} where its cookie opens another, and the old one was taken
     *     out; that it was answered; or a drop code
     */
    int renew(final PacketBatch batch, final int i, final int serviceIndex, final long handle, final long nowNs) {
        if (serviceIndex == Selector.NONE) {
            return 0;
        }
        final long rate = RateDescriptor.recordOffset(serviceIndex);
        final long intervalNs = rates.getLongAcquire(rate + RateDescriptor.SYN_INTERVAL_NS_OFFSET);
        if (intervalNs == 0 || FragmentWord.isFragment(batch.fragment(i))) {
            return 0;
        }
        if (TcpFlags.opens(batch.tcpFlags(i))) {
            return RateLimiter.take(rates, rate + RateDescriptor.SYN_FULL_NS_OFFSET, intervalNs, nowNs)
                    ? 0
                    : responder.answer(batch, i, serviceIndex, nowNs);
        }
        if (!TcpFlags.isPlainAck(batch.tcpFlags(i)) || !hasCookie(batch, i, nowNs)) {
            return 0;
        }
        return flows.remove(handle, FlowDescriptor.ticks(nowNs)) ? RENEWS : Verdict.DROP_FLOW_BUSY;
    }

    private boolean hasCookie(final PacketBatch batch, final int i, final long nowNs) {
        final long tcp = batch.transportOffset(i);
        final int sequence = TcpSegment.sequence(frames, tcp);
        cookie = TcpSegment.acknowledgment(frames, tcp) - 1;
        clientSequence = sequence - 1;
        if (cookies.isGood(batch, i, clientSequence, cookie, nowNs)) {
            return true;
        }
        // a client whose ACK was lost asks for a window by what comes before what it would send (RFC 9293, 3.8.6.1)
        clientSequence = sequence;
        return cookies.isGood(batch, i, clientSequence, cookie, nowNs);
    }
}
