package io.fastpath.conntrack.tcp;

import io.fastpath.kernelbpf.layout.FlowState;

/**
 * What a middlebox may know about a connection, told in events rather than in states: which SYN was answered, who has
 * closed, whose FIN was acknowledged (RFC 9293, 3.5 and 3.6). Written without a look at the table under test.
 */
public final class TcpReference {
    private boolean backendSynSeen;
    private boolean answered;
    private boolean established;
    private boolean reset;
    private boolean finished;
    private final boolean[] fin = new boolean[2];
    private final boolean[] finAcked = new boolean[2];

    /** A connection whose client has sent a SYN. */
    public TcpReference() {}

    /** A copy to try one more segment on. */
    public TcpReference(final TcpReference other) {
        backendSynSeen = other.backendSynSeen;
        answered = other.answered;
        established = other.established;
        reset = other.reset;
        finished = other.finished;
        for (int side = 0; side < 2; side++) {
            fin[side] = other.fin[side];
            finAcked[side] = other.finAcked[side];
        }
    }

    /**
     * A segment passes by.
     *
     * @param flags of its header
     * @param side 0 for the client, 1 for the backend
     * @return the answer that {@link TcpStates#next} should give
     */
    public int segment(final int flags, final int side) {
        final boolean isClient = side == 0;
        switch (flags) {
            case TcpFlags.RST:
                reset = true;
                return state();
            case TcpFlags.SYN:
                return isClient ? clientSyn() : backendSyn();
            case TcpFlags.SYN | TcpFlags.ACK:
                return isClient ? clientSynAck() : backendSynAck();
            case TcpFlags.FIN | TcpFlags.ACK:
                return fin(side);
            case TcpFlags.ACK:
                return ack(side);
            default:
                return TcpStates.BAD_FLAGS;
        }
    }

    /** The state by its definition in {@link FlowState}. */
    public int state() {
        if (reset) {
            return FlowState.TCP_CLOSE;
        } else if (finished) {
            return FlowState.TCP_TIME_WAIT;
        } else if (fin[0] && fin[1]) {
            return FlowState.TCP_LAST_ACK;
        } else if (fin[0] || fin[1]) {
            return finAcked[0] || finAcked[1] ? FlowState.TCP_CLOSE_WAIT : FlowState.TCP_FIN_WAIT;
        } else if (established) {
            return FlowState.TCP_ESTABLISHED;
        } else if (answered) {
            return FlowState.TCP_SYN_RECV;
        }
        return backendSynSeen ? FlowState.TCP_SYN_SENT2 : FlowState.TCP_SYN_SENT;
    }

    private int clientSyn() {
        if (!reset && !(fin[0] && fin[1])) {
            return state(); // sent again, or a reborn client: the backend answers for itself
        }
        backendSynSeen = answered = established = reset = finished = false;
        fin[0] = fin[1] = finAcked[0] = finAcked[1] = false;
        return state() | TcpStates.REOPENS;
    }

    private int backendSyn() {
        if (reset || answered) {
            return TcpStates.BAD_STATE; // only simultaneous open has one
        }
        backendSynSeen = true;
        return state();
    }

    private int backendSynAck() {
        answered |= !reset;
        return state();
    }

    private int clientSynAck() {
        final boolean isHandshake = !reset && !established && (answered || backendSynSeen);
        if (!isHandshake) {
            return TcpStates.BAD_STATE; // only simultaneous open has one
        }
        answered = true;
        return state();
    }

    private int fin(final int side) {
        if (reset) {
            return state();
        }
        if (!answered) {
            return TcpStates.BAD_STATE;
        }
        established = true;
        fin[side] = true;
        return state();
    }

    private int ack(final int side) {
        if (reset) {
            return state();
        }
        if (!answered) {
            return side == 0 ? TcpStates.BAD_STATE : state(); // a challenge ACK to the SYN passes
        }
        established |= side == 0;
        finished |= fin[0] && fin[1];
        finAcked[1 - side] |= fin[1 - side];
        return state();
    }
}
