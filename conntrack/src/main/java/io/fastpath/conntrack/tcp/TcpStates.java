package io.fastpath.conntrack.tcp;

import io.fastpath.kernelbpf.layout.FlowState;

/**
 * The TCP state machine of a box in the middle: state x flags x direction gives the next state, or a refusal. A pure
 * function over one table of bytes, which C can take as it is; any thread.
 *
 * <p>It follows the segments of RFC 9293 (3.5 opening, 3.6 closing, 3.10.7 arrivals) with the states of nf_conntrack
 * ({@code net/netfilter/nf_conntrack_proto_tcp.c}), and looks at no sequence numbers ({@link TcpCheck} does). One thing is finer than there:
 * whether a segment comes from the side that closed first, of which the caller keeps one bit per direction. So a
 * half-closed connection stays CLOSE_WAIT as long as it lives, however often the FIN is sent again.
 *
 * <p>Leniency is on purpose where an endpoint answers for itself: a SYN into a running connection passes (the peer
 * sends a challenge ACK, RFC 5961, 4), and so does what follows a RST, because a blind RST that the endpoint refused
 * must not cut the connection. A segment is refused where no endpoint that keeps to the RFC could have sent it.
 *
 * <p>Where the backend answers the client past the node ({@link #nextDirect}) the state is the client's word alone: its
 * ACK says that there was a SYN+ACK, its FIN closes (and the connection lives on as long as its ACKs come within the
 * timeout of FIN_WAIT), its SYN after a FIN or RST is a new connection. A SYN into a running one changes nothing: an
 * endpoint that lost the connection is told by the backend's challenge ACK, and its RST then ends it (RFC 5961, 4).
 */
public final class TcpStates {
    /** Refused: the flags contradict each other. Count DROP_TCP_FLAGS. */
    public static final int BAD_FLAGS = -1;

    /** Refused: the segment is impossible in this state. Count DROP_TCP_STATE. */
    public static final int BAD_STATE = -2;

    /** Set in an accepted answer if the segment starts a new connection on an ended one's tuples. */
    public static final int REOPENS = 0x100;

    private static final int STATE_MASK = 0xff;

    private static final int SS = FlowState.TCP_SYN_SENT;
    private static final int SR = FlowState.TCP_SYN_RECV;
    private static final int ES = FlowState.TCP_ESTABLISHED;
    private static final int FW = FlowState.TCP_FIN_WAIT;
    private static final int CW = FlowState.TCP_CLOSE_WAIT;
    private static final int LA = FlowState.TCP_LAST_ACK;
    private static final int TW = FlowState.TCP_TIME_WAIT;
    private static final int CL = FlowState.TCP_CLOSE;
    private static final int S2 = FlowState.TCP_SYN_SENT2;
    private static final int NO = 0; // refused
    private static final int RE = 0xff; // reopens: SYN_SENT again

    private static final int STATES = FlowState.TCP_SYN_SENT2 + 1 - SS;
    private static final int TWO_WAY_SENDERS = 4; // bit 0: the backend; bit 1: the one who closed first
    private static final int DIRECT = 4; // the same without bit 1: the backend answers the client itself
    private static final int SENDERS = 6;

    /** By sender, then by class, then by state. */
    private static final byte[] NEXT = table();

    private TcpStates() {}

    /**
     * What a segment does to a connection.
     *
     * @param state one of the TCP states
     * @param flags the header's flags byte
     * @param isReverse whether the segment comes from the backend
     * @param isCloser whether a FIN came from the same side before
     * @return next state with {@link #REOPENS} or not, or {@link #BAD_FLAGS}, or {@link #BAD_STATE}
     */
    public static int next(final int state, final int flags, final boolean isReverse, final boolean isCloser) {
        return next(state, flags, sender(isReverse, isCloser));
    }

    /**
     * What a segment does to a connection whose backend answers the client past the node.
     *
     * @param state one of the TCP states
     * @param flags the header's flags byte
     * @param isReverse whether the segment comes from the backend, routed through the node after all: only its RST counts
     * @return as {@link #next(int, int, boolean, boolean)}
     */
    public static int nextDirect(final int state, final int flags, final boolean isReverse) {
        return next(state, flags, isReverse ? DIRECT | 1 : DIRECT);
    }

    private static int next(final int state, final int flags, final int sender) {
        final int flagsClass = TcpFlags.classOf(flags);
        if (flagsClass == TcpFlags.CLASS_INVALID) {
            return BAD_FLAGS;
        }
        if (state < SS || state >= SS + STATES) {
            return BAD_STATE;
        }
        final int next = NEXT[index(sender, flagsClass) + state - SS] & STATE_MASK;
        if (next == NO) {
            return BAD_STATE;
        }
        return next == RE ? SS | REOPENS : next;
    }

    /**
     * The state of an accepted answer.
     *
     * @param answer of {@link #next}, not negative
     * @return one of the TCP states
     */
    public static int state(final int answer) {
        return answer & STATE_MASK;
    }

    /**
     * Whether an accepted answer starts a new connection.
     *
     * @param answer of {@link #next}, not negative
     * @return true if so
     */
    public static boolean reopens(final int answer) {
        return (answer & REOPENS) != 0;
    }

    private static int sender(final boolean isReverse, final boolean isCloser) {
        return (isReverse ? 1 : 0) | (isCloser ? 2 : 0);
    }

    private static int index(final int sender, final int flagsClass) {
        return (sender * TcpFlags.CLASS_COUNT + flagsClass) * STATES;
    }

    /*
     * Columns are the states that hold. FW and CW differ by who closed first: a closer's FIN is sent again, the other
     * side's is its own; a closer's ACK is for data, the other side's is for the FIN.
     */
    private static byte[] table() {
        final byte[] table = new byte[SENDERS * TcpFlags.CLASS_COUNT * STATES];
        for (int sender = 0; sender < TWO_WAY_SENDERS; sender++) {
            final boolean closer = (sender & 2) != 0;
            final int fin = closer ? FW : LA;
            final int finAcked = closer ? CW : LA;
            final int ack = closer ? FW : CW;
            final boolean client = (sender & 1) == 0;
            // state:                                              SS  SR  ES  FW   CW        LA  TW  CL  S2
            final int[] clientSyn = {SS, SR, ES, FW, CW, RE, RE, RE, S2};
            final int[] backendSyn = {S2, NO, NO, NO, NO, NO, NO, NO, S2};
            final int[] clientSynAck = {NO, SR, NO, NO, NO, NO, NO, NO, SR};
            final int[] backendSynAck = {SR, SR, ES, FW, CW, LA, TW, CL, SR};
            final int[] bothFin = {NO, FW, FW, fin, finAcked, LA, TW, CL, NO};
            final int[] clientAck = {NO, ES, ES, ack, CW, TW, TW, CL, NO};
            final int[] backendAck = {SS, SR, ES, ack, CW, TW, TW, CL, S2};
            final int[] bothRst = {CL, CL, CL, CL, CL, CL, CL, CL, CL};
            put(table, sender, TcpFlags.CLASS_SYN, client ? clientSyn : backendSyn);
            put(table, sender, TcpFlags.CLASS_SYN_ACK, client ? clientSynAck : backendSynAck);
            put(table, sender, TcpFlags.CLASS_FIN, bothFin);
            put(table, sender, TcpFlags.CLASS_ACK, client ? clientAck : backendAck);
            put(table, sender, TcpFlags.CLASS_RST, bothRst);
        }
        putDirect(table);
        return table;
    }

    private static void putDirect(final byte[] table) {
        // state:              SS  SR  ES  FW  CW  LA  TW  CL  S2
        final int[] syn = {SS, SS, ES, RE, RE, RE, RE, RE, SS};
        final int[] fin = {FW, FW, FW, FW, FW, FW, FW, CL, FW};
        final int[] ack = {ES, ES, ES, FW, FW, FW, FW, CL, ES};
        final int[] refused = {NO, NO, NO, NO, NO, NO, NO, NO, NO};
        final int[] unchanged = {SS, SR, ES, FW, CW, LA, TW, CL, S2};
        final int[] closed = {CL, CL, CL, CL, CL, CL, CL, CL, CL};
        put(table, DIRECT, TcpFlags.CLASS_SYN, syn);
        put(table, DIRECT, TcpFlags.CLASS_SYN_ACK, refused);
        put(table, DIRECT, TcpFlags.CLASS_FIN, fin);
        put(table, DIRECT, TcpFlags.CLASS_ACK, ack);
        put(table, DIRECT, TcpFlags.CLASS_RST, closed);
        put(table, DIRECT | 1, TcpFlags.CLASS_SYN, refused);
        put(table, DIRECT | 1, TcpFlags.CLASS_SYN_ACK, unchanged);
        put(table, DIRECT | 1, TcpFlags.CLASS_FIN, unchanged);
        put(table, DIRECT | 1, TcpFlags.CLASS_ACK, unchanged);
        put(table, DIRECT | 1, TcpFlags.CLASS_RST, closed);
    }

    private static void put(final byte[] table, final int sender, final int flagsClass, final int[] row) {
        for (int column = 0; column < STATES; column++) {
            table[index(sender, flagsClass) + column] = (byte) row[column];
        }
    }
}
