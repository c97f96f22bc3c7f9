package io.fastpath.conntrack.tcp;

import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.FlowTcpDescriptor;
import io.fastpath.kernelbpf.layout.TcpSideDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Whether a segment of a known connection may be what it says, by its sequence numbers. Endpoints judge for themselves
 * (RFC 5961); this is for the connection's state here, which a forged reset, SYN or FIN must not end. Believed segments are
 * tracked as any other, and their numbers are noted; passed ones are sent on for the endpoints to judge, and change
 * neither state nor time; those outside their windows are the caller's to drop or to pass.
 *
 * <p>What is not known is not judged: windows without both SYNs, all of a side that was not seen. The rules of windows are
 * those of G. van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (2001), which nf_conntrack has too. C twin:
 * {@code fp_tcp_check.h}; who writes what stands in {@code fp_flow_tcp.h}. One thread.
 */
public final class TcpCheck {
    /** Track it; its numbers are noted. */
    public static final int BELIEVED = 0;

    /** Send it on, and no more. */
    public static final int PASSED = 1;

    /** Out of its windows. */
    public static final int OUTSIDE = 2;

    /** Bytes at most that a SYN carries (RFC 7413), of which the answer may acknowledge none. */
    private static final int OPEN_DATA = 65_535;

    /** How old an acknowledgment may be at least, whatever the windows. */
    private static final int ACK_WINDOW = 66_000;

    private final int recordCount;
    private final TcpSide client;
    private final TcpSide backend;

    /**
     * A check.
     *
     * @param records of {@link FlowTcpDescriptor}
     * @param recordCount how many there are; connections beyond them are not judged
     */
    public TcpCheck(final SharedMemory records, final int recordCount) {
        this.recordCount = recordCount;
        client = new TcpSide(records);
        backend = new TcpSide(records);
    }

    /**
     * Notes the segment that entered a connection.
     *
     * @param forwardIndex the connection's forward slot
     * @param segment a SYN, or one from the middle
     */
    public void begin(final int forwardIndex, final SegmentNumbers segment) {
        if (!select(forwardIndex)) {
            return;
        }
        client.clear();
        backend.clear();
        if (segment.isFragment) {
            return;
        }
        if (segment.has(TcpFlags.SYN)) {
            client.begin(segment);
        } else {
            client.note(segment, backend);
        }
    }

    /**
     * Judges a segment.
     *
     * @param forwardIndex the connection's forward slot
     * @param state of the connection
     * @param isReverse whether it comes from the backend
     * @param segment with flags that don't contradict each other
     * @return {@link #BELIEVED}, {@link #PASSED} or {@link #OUTSIDE}
     */
    public int judge(final int forwardIndex, final int state, final boolean isReverse, final SegmentNumbers segment) {
        if (!select(forwardIndex)) {
            return BELIEVED;
        }
        if (segment.isFragment) { // the rest of it is not seen: from here on windows are not known
            client.forget();
            backend.forget();
            return BELIEVED;
        }
        final TcpSide sender = isReverse ? backend : client;
        final TcpSide receiver = isReverse ? client : backend;
        if (segment.has(TcpFlags.RST)) {
            return reset(sender, receiver, segment, state == FlowState.TCP_SYN_SENT && isReverse);
        }
        if (!segment.has(TcpFlags.SYN)) {
            return data(sender, receiver, segment);
        }
        return !isReverse && TcpFlags.opens(segment.flags)
                ? syn(segment, state)
                : answer(sender, receiver, segment, state);
    }

    private boolean select(final int forwardIndex) {
        if (Integer.compareUnsigned(forwardIndex, recordCount) >= 0) {
            return false;
        }
        final long record = FlowTcpDescriptor.recordOffset(forwardIndex);
        client.at(record + FlowTcpDescriptor.CLIENT_OFFSET);
        backend.at(record + FlowTcpDescriptor.BACKEND_OFFSET);
        return true;
    }

    /** ACK and FIN, with data or without. */
    private static int data(final TcpSide sender, final TcpSide receiver, final SegmentNumbers segment) {
        if (hasWindows(sender, receiver) && !fits(sender, receiver, segment)) {
            return OUTSIDE;
        }
        sender.note(segment, receiver);
        return BELIEVED;
    }

    /**
     * RST (RFC 5961, 3.2): believed at the very number that its receiver expects, which is the last that it acknowledged,
     * or the last that its sender sent. Elsewhere in the window an endpoint answers by a challenge ACK, and a true one comes
     * again. In SYN-SENT it must acknowledge the SYN (RFC 9293, 3.10.7.3).
     */
    private static int reset(
            final TcpSide sender, final TcpSide receiver, final SegmentNumbers segment, final boolean isRefusal) {
        if (isRefusal) {
            return acksSyn(receiver, segment) ? BELIEVED : OUTSIDE;
        }
        final boolean isAcked = receiver.has(TcpSideDescriptor.FLAG_ACKED);
        final boolean isSent = sender.has(TcpSideDescriptor.FLAG_SENT);
        if (isAcked && segment.begin == receiver.ack() || isSent && segment.begin == sender.end()) {
            return BELIEVED;
        }
        if (!isAcked && !isSent) {
            return BELIEVED;
        }
        if (!isAcked || !hasWindows(sender, receiver)) {
            return PASSED;
        }
        final int ahead = segment.begin - receiver.ack();
        return Integer.compareUnsigned(ahead, receiver.grant() - receiver.ack()) < 0 ? PASSED : OUTSIDE;
    }

    /**
     * A client's SYN. It begins a connection where there is none; in place of one that is closing, if it comes later than
     * all of that (RFC 1122, 4.2.2.13), or bears a timestamp by which the backend can tell (RFC 6191); and after a reset. In
     * the middle of one it changes nothing (RFC 5961, 4).
     */
    private int syn(final SegmentNumbers segment, final int state) {
        switch (state) {
            case FlowState.TCP_SYN_SENT, FlowState.TCP_SYN_SENT2 -> {
                client.begin(segment);
                return BELIEVED;
            }
            case FlowState.TCP_LAST_ACK, FlowState.TCP_TIME_WAIT -> {
                if (client.has(TcpSideDescriptor.FLAG_SENT)
                        && TcpSide.isAfter(client.end(), segment.begin)
                        && !segment.isStamped) {
                    return PASSED;
                }
            }
            case FlowState.TCP_CLOSE -> {
                // nothing is left of it
            }
            default -> {
                return PASSED;
            }
        }
        client.begin(segment);
        backend.clear();
        return BELIEVED;
    }

    /** SYN+ACK, and the SYN of a backend that opens at the same time. Later ones change nothing in the state machine either. */
    private static int answer(
            final TcpSide sender, final TcpSide receiver, final SegmentNumbers segment, final int state) {
        if (state != FlowState.TCP_SYN_SENT && state != FlowState.TCP_SYN_SENT2 && state != FlowState.TCP_SYN_RECV) {
            return BELIEVED;
        }
        if (segment.has(TcpFlags.ACK) && !acksSyn(receiver, segment)) {
            return PASSED;
        }
        sender.begin(segment);
        return BELIEVED;
    }

    /** Whether both SYNs were seen. */
    private static boolean hasWindows(final TcpSide sender, final TcpSide receiver) {
        return (sender.flags() & receiver.flags() & TcpSideDescriptor.FLAG_SYN) != 0;
    }

    /** Whether an answer to a SYN acknowledges it, and not more. */
    private static boolean acksSyn(final TcpSide opener, final SegmentNumbers segment) {
        return !opener.has(TcpSideDescriptor.FLAG_SENT)
                || segment.has(TcpFlags.ACK) && Integer.compareUnsigned(opener.end() - segment.ack, OPEN_DATA) <= 0;
    }

    /** All four edges of the windows. */
    private static boolean fits(final TcpSide sender, final TcpSide receiver, final SegmentNumbers segment) {
        if (receiver.has(TcpSideDescriptor.FLAG_ACKED) && TcpSide.isAfter(segment.begin, receiver.grant())) {
            return false;
        }
        final int old = Integer.compareUnsigned(sender.window(), ACK_WINDOW) > 0 ? sender.window() : ACK_WINDOW;
        return !TcpSide.isAfter(sender.end() - receiver.window() - 1, segment.end)
                && !TcpSide.isAfter(segment.ack, receiver.end())
                && !TcpSide.isAfter(receiver.end() - old - 1, segment.ack);
    }
}
