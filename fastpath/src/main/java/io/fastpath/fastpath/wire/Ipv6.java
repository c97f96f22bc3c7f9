package io.fastpath.fastpath.wire;

/**
 * IPv6 header (RFC 8200, 3).
 *
 * <pre>
 *   0              4         6    7    8              24             40
 *  +--------------+---------+----+----+--------------+--------------+
 *  |v|class| flow | length  |next|hops| source       | destination  |
 *  +--------------+---------+----+----+--------------+--------------+
 * </pre>
 */
public final class Ipv6 {
    /** Bytes of the header. */
    public static final int HEADER_LENGTH = 40;

    /** u32: version 6, traffic class, flow label. */
    public static final int VERSION_OFFSET = 0;

    /** u16: bytes after the header. */
    public static final int PAYLOAD_LENGTH_OFFSET = 4;

    /** u8: what follows the header. */
    public static final int NEXT_HEADER_OFFSET = 6;

    /** u8: hops that are left. */
    public static final int HOP_LIMIT_OFFSET = 7;

    /** 16 bytes. */
    public static final int SOURCE_OFFSET = 8;

    /** 16 bytes. */
    public static final int DESTINATION_OFFSET = 24;

    /** The version, as it stands in the upper half of the first byte. */
    public static final int VERSION = 6;

    private Ipv6() {}
}
