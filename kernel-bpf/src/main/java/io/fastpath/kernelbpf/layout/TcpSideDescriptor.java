package io.fastpath.kernelbpf.layout;

/**
 * What is known of the sequence numbers of a connection's one side. C twin: {@code struct fp_tcp_side}.
 *
 * <pre>
 *   0         4         8         12        16     20
 *  +---------+---------+---------+---------+-+-+--+
 *  | end     | ack     | grant   | window  |s|f|  |   scale u8, flags u8, zero u16
 *  +---------+---------+---------+---------+-+-+--+
 * </pre>
 */
public final class TcpSideDescriptor {
    /** Bytes of a side. */
    public static final int LENGTH = 20;

    /** u32: one beyond the highest number it sent. */
    public static final int END_OFFSET = 0;

    /** u32: the highest it acknowledged. */
    public static final int ACK_OFFSET = 4;

    /** u32: up to where it lets the other side send: the highest of acknowledgment and window. */
    public static final int GRANT_OFFSET = 8;

    /** u32: the largest it offered. */
    public static final int WINDOW_OFFSET = 12;

    /** u8: by how many bits its windows are scaled. */
    public static final int SCALE_OFFSET = 16;

    /** u8: the FLAG constants. */
    public static final int FLAGS_OFFSET = 17;

    /** {@code end} is known. */
    public static final int FLAG_SENT = 1;

    /** {@code ack} and {@code grant} are known. */
    public static final int FLAG_ACKED = 2;

    /** Its SYN was seen, so {@code window} is in bytes. */
    public static final int FLAG_SYN = 4;

    /** Its SYN offered to scale windows; it counts where both did. */
    public static final int FLAG_SCALES = 8;

    private TcpSideDescriptor() {}
}
