package io.fastpath.kernelbpf.layout;

/**
 * What stands in front of a frame that is given to {@code xdp_shadow} (its metadata): how the frame came in, and, after
 * the run, what the translation was made from. C twin: {@code struct fp_shadow_order}.
 *
 * <pre>
 *   0         4         8         12        16        20
 *  +---------+---------+---------+---------+---------+
 *  | ingress | flow's  | control | next    | egress  |   frame follows
 *  | slot    | slot    |         | hop     | ifindex |
 *  +---------+---------+---------+---------+---------+
 *     in        out ...
 * </pre>
 *
 * <p>Writers: who asks for the run, then the run. 20 bytes of the 32 that Linux 6.1 takes for metadata.
 */
public final class ShadowDescriptor {
    /** Bytes of the record. */
    public static final int LENGTH = 20;

    /** u32: of its interface, in the interface table. */
    public static final int INGRESS_SLOT_OFFSET = 0;

    /** u32: of the flow that was found. */
    public static final int SLOT_INDEX_OFFSET = 4;

    /** u32: of that slot; 0: no flow was found, and nothing else is set. */
    public static final int CONTROL_OFFSET = 8;

    /** u32: that the packet goes to. */
    public static final int HOP_INDEX_OFFSET = 12;

    /** u32: 0 where the verdict is a drop. */
    public static final int EGRESS_IFINDEX_OFFSET = 16;

    private ShadowDescriptor() {}
}
