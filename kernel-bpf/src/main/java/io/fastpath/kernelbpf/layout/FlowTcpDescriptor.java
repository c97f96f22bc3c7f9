package io.fastpath.kernelbpf.layout;

/**
 * What is known of a TCP connection's sequence numbers, by the index of its forward slot in the flow table: beside the
 * slot and not in it, because few services ask for it. Where none does, the table has one record, which nobody looks at.
 * C twin: {@code struct fp_flow_tcp}; {@code fp_flow_tcp.h} tells who writes what.
 *
 * <pre>
 *   0                   20                  40        48                  64
 *  +-------------------+-------------------+---------+-------------------+
 *  | client            | backend           | zero    | proxying          |
 *  +-------------------+-------------------+---------+-------------------+
 *  48        52        56        60
 *  +---------+---------+---------+---------+
 *  | client  | cookie  | offset  | state   |
 *  +---------+---------+---------+---------+
 * </pre>
 *
 * Both sides are {@link TcpSideDescriptor}s.
 */
public final class FlowTcpDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

    /** 20 bytes: the client's side. */
    public static final int CLIENT_OFFSET = 0;

    /** 20 bytes: the backend's side. */
    public static final int BACKEND_OFFSET = 20;

    /** u32: sequence number of the client's SYN. */
    public static final int PROXY_SEQUENCE_OFFSET = 48;

    /** u32: sequence number of the SYN+ACK that the client got. */
    public static final int PROXY_COOKIE_OFFSET = 52;

    /** u32: what is added to the backend's sequence numbers. */
    public static final int PROXY_OFFSET_OFFSET = 56;

    /** u32: one of the states. */
    public static final int PROXY_STATE_OFFSET = 60;

    /** The backend's numbers are the client's. */
    public static final int PROXY_NONE = 0;

    /** For the backend's SYN+ACK. */
    public static final int PROXY_WAITS = 1;

    /** The offset is known. */
    public static final int PROXY_TRANSLATES = 2;

    private FlowTcpDescriptor() {}

    /**
     * Offset of a record.
     *
     * @param forwardIndex the connection's forward slot in the flow table
     * @return bytes from the table's start
     */
    public static long recordOffset(final int forwardIndex) {
        return (long) forwardIndex * LENGTH;
    }
}
