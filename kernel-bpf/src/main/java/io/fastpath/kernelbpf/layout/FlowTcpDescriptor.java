package io.fastpath.kernelbpf.layout;

/**
 * What is known of a TCP connection's sequence numbers, by the index of its forward slot in the flow table: beside the
 * slot and not in it, because few services ask for it. Where none does, the table has one record, which nobody looks at.
 * C twin: {@code struct fp_flow_tcp}.
 *
 * <pre>
 *   0                             48                  64
 *  +-----------------------------+-------------------+
 *  | zero (windows)              | zero (offsets)    |
 *  +-----------------------------+-------------------+
 * </pre>
 */
public final class FlowTcpDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

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
