package io.fastpath.conntrack;

/** What tracking says about a packet of a known connection. Plain codes, because they are read per packet. */
public final class TrackVerdict {
    /** It belongs there: translate and send it. */
    public static final int ACCEPTED = 0;

    /** Its TCP flags contradict each other. Count DROP_TCP_FLAGS. */
    public static final int BAD_FLAGS = 1;

    /** It is impossible in its connection's state. Count DROP_TCP_STATE. */
    public static final int BAD_STATE = 2;

    /** The connection was removed since the look-up, or is not entered completely. Treat as not found. */
    public static final int GONE = 3;

    /** Others change the connection's state all the time. Count DROP_FLOW_BUSY. */
    public static final int BUSY = 4;

    /** It is out of its connection's windows. Count DROP_TCP_WINDOW. */
    public static final int OUTSIDE = 5;

    private TrackVerdict() {}
}
