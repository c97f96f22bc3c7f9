package io.fastpath.conntrack.tcp;

/**
 * The flags byte of a TCP header (RFC 9293, 3.1), reduced to what a connection's state depends on. PSH, URG, ECE and
 * CWR say nothing about it and are ignored. Pure functions; any thread.
 *
 * <pre>
 *    7   6   5   4   3   2   1   0
 *  +---+---+---+---+---+---+---+---+
 *  |CWR|ECE|URG|ACK|PSH|RST|SYN|FIN|
 *  +---+---+---+---+---+---+---+---+
 * </pre>
 */
public final class TcpFlags {
    /** No more data from the sender. */
    public static final int FIN = 0x01;

    /** Synchronize sequence numbers. */
    public static final int SYN = 0x02;

    /** Reset the connection. */
    public static final int RST = 0x04;

    /** Push. */
    public static final int PSH = 0x08;

    /** The acknowledgment field is significant. */
    public static final int ACK = 0x10;

    /** The urgent pointer is significant. */
    public static final int URG = 0x20;

    /** Class: SYN alone. */
    public static final int CLASS_SYN = 0;

    /** Class: SYN and ACK. */
    public static final int CLASS_SYN_ACK = 1;

    /** Class: FIN and ACK. */
    public static final int CLASS_FIN = 2;

    /** Class: ACK, with or without data. */
    public static final int CLASS_ACK = 3;

    /** Class: RST, with or without ACK. */
    public static final int CLASS_RST = 4;

    /** How many classes of valid flags there are. */
    public static final int CLASS_COUNT = 5;

    /** Class: flags that contradict each other, or say nothing: only attackers and scanners send them. */
    public static final int CLASS_INVALID = 7;

    private static final int RELEVANT = FIN | SYN | RST | ACK;
    private static final int CLASS_BITS = 3;

    /** Three bits per combination of ACK, RST, SYN and FIN, the latter squeezed into four bits. */
    private static final long CLASSES = classes();

    private TcpFlags() {}

    /**
     * The class of a flags byte.
     *
     * @param flags the byte; higher bits are ignored
     * @return one of the CLASS constants
     */
    public static int classOf(final int flags) {
        return (int) (CLASSES >>> squeeze(flags) * CLASS_BITS) & CLASS_INVALID;
    }

    /**
     * Whether a segment may open a connection: SYN alone.
     *
     * @param flags the byte
     * @return true if so
     */
    public static boolean opens(final int flags) {
        return (flags & RELEVANT) == SYN;
    }

    /**
     * Whether a segment is the plain middle of a connection: ACK without SYN, FIN, RST.
     *
     * @param flags the byte
     * @return true if so
     */
    public static boolean isPlainAck(final int flags) {
        return (flags & RELEVANT) == ACK;
    }

    private static int squeeze(final int flags) {
        return flags & (FIN | SYN | RST) | (flags & ACK) >>> 1;
    }

    private static long classes() {
        long packed = -1L;
        packed = put(packed, SYN, CLASS_SYN);
        packed = put(packed, SYN | ACK, CLASS_SYN_ACK);
        packed = put(packed, FIN | ACK, CLASS_FIN);
        packed = put(packed, ACK, CLASS_ACK);
        packed = put(packed, RST, CLASS_RST);
        return put(packed, RST | ACK, CLASS_RST);
    }

    private static long put(final long packed, final int flags, final int flagsClass) {
        final int shift = squeeze(flags) * CLASS_BITS;
        return packed & ~((long) CLASS_INVALID << shift) | (long) flagsClass << shift;
    }
}
