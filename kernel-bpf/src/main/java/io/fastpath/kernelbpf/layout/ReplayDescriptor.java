package io.fastpath.kernelbpf.layout;

/**
 * What stands in front of a frame that is given to {@code xdp_replay} (its metadata): when it came in, and, after the run,
 * what an outgoing frame doesn't show. C twin: {@code struct fp_replay_order}.
 *
 * <pre>
 *   0         4         8         12        16        20
 *  +---------+---------+---------+---------+---------+
 *  | time, ns          | verdict | egress  | backend |   frame follows
 *  |                   |         | ifindex |         |
 *  +---------+---------+---------+---------+---------+
 *     in                 out ...
 * </pre>
 *
 * <p>Writers: who asks for the run, then the run. 20 bytes of the 32 that Linux 6.1 takes for metadata.
 */
public final class ReplayDescriptor {
    /** Bytes of the record. */
    public static final int LENGTH = 20;

    /** u32: the lower half of the packet's time. */
    public static final int NOW_NS_LOW_OFFSET = 0;

    /** u32: the upper half of the packet's time. */
    public static final int NOW_NS_HIGH_OFFSET = 4;

    /** u32: code of a {@link Counter}; 0: the frame is left to the kernel, and nothing else is set. */
    public static final int VERDICT_OFFSET = 8;

    /** u32: of a frame that is sent on; 0 of one that is answered. */
    public static final int EGRESS_IFINDEX_OFFSET = 12;

    /** u32: of a frame that a connection forwards. */
    public static final int BACKEND_INDEX_OFFSET = 16;

    private ReplayDescriptor() {}
}
