package io.fastpath.kernelbpf.layout;

/**
 * States of a flow slot, as stored in its control word. C twin: {@code enum fp_flow_state}. Plain codes rather than
 * an enum's constants, because they are read per packet.
 */
public final class FlowState {
    /** Nobody's. */
    public static final int FREE = 0;

    /** Being filled by the one who won the compare-and-swap. */
    public static final int CLAIMED = 1;

    /** Being removed by the one who won the compare-and-swap. */
    public static final int DYING = 2;

    /** SYN seen from the client. */
    public static final int TCP_SYN_SENT = 3;

    /** SYN+ACK seen from the backend. */
    public static final int TCP_SYN_RECV = 4;

    /** The handshake is complete. */
    public static final int TCP_ESTABLISHED = 5;

    /** FIN seen from one side. */
    public static final int TCP_FIN_WAIT = 6;

    /** That FIN was acknowledged by the other side. */
    public static final int TCP_CLOSE_WAIT = 7;

    /** FIN seen from the other side too. */
    public static final int TCP_LAST_ACK = 8;

    /** Both FINs acknowledged. */
    public static final int TCP_TIME_WAIT = 9;

    /** A RST ended it. */
    public static final int TCP_CLOSE = 10;

    /** SYN seen from both sides: simultaneous open (RFC 9293, 3.5). */
    public static final int TCP_SYN_SENT2 = 11;

    /** Datagrams of the client only. */
    public static final int UDP_SINGLE = 12;

    /** Datagrams of both sides. */
    public static final int UDP_STREAM = 13;

    /** One more than the highest code. */
    public static final int COUNT = 14;

    private static final String[] LABELS = {
        "free",
        "claimed",
        "dying",
        "syn-sent",
        "syn-recv",
        "established",
        "fin-wait",
        "close-wait",
        "last-ack",
        "time-wait",
        "close",
        "syn-sent2",
        "udp-single",
        "udp-stream"
    };

    private FlowState() {}

    /**
     * Whether a slot in this state holds a connection.
     *
     * @param state a code of this class
     * @return true for the TCP and UDP states
     */
    public static boolean isLive(final int state) {
        return state >= TCP_SYN_SENT;
    }

    /**
     * The name that commands print and configurations use.
     *
     * @param state any number
     * @return its label, or {@code unknown-N}
     */
    public static String label(final int state) {
        return state >= 0 && state < COUNT ? LABELS[state] : "unknown-" + state;
    }
}
