package io.fastpath.fastpath.wire;

/**
 * UDP header (RFC 768).
 *
 * <pre>
 *   0      2      4      6      8
 *  +------+------+------+------+
 *  | from | to   |length|chksum|
 *  +------+------+------+------+
 * </pre>
 */
public final class Udp {
    /** Bytes of the header. */
    public static final int HEADER_LENGTH = 8;

    /** u16 and u16: source and destination port. */
    public static final int PORTS_OFFSET = 0;

    /** u16: bytes of header and data. */
    public static final int LENGTH_OFFSET = 4;

    /** u16; 0 = the sender computed none. */
    public static final int CHECKSUM_OFFSET = 6;

    private Udp() {}
}
