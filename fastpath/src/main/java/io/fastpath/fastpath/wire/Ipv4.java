package io.fastpath.fastpath.wire;

/**
 * IPv4 header (RFC 791, 3.1).
 *
 * <pre>
 *   0    1    2         4         6         8    9    10        12        16        20
 *  +----+----+---------+---------+---------+----+----+---------+---------+---------+
 *  |v|hl|tos | length  | id      |flags,off|ttl |prot|checksum | source  | dest.   |
 *  +----+----+---------+---------+---------+----+----+---------+---------+---------+
 * </pre>
 */
public final class Ipv4 {
    /** Bytes of the header without options. */
    public static final int HEADER_LENGTH = 20;

    /** u8: version 4, then the header's length in words of 32 bits. */
    public static final int VERSION_OFFSET = 0;

    /** u16: bytes of the packet, header included. */
    public static final int TOTAL_LENGTH_OFFSET = 2;

    /** u16: the same in all fragments of a datagram. */
    public static final int IDENTIFICATION_OFFSET = 4;

    /** u16: three flags, then the fragment's offset. */
    public static final int FRAGMENT_OFFSET = 6;

    /** u8: hops that are left. */
    public static final int TTL_OFFSET = 8;

    /** u8: what follows the header. */
    public static final int PROTOCOL_OFFSET = 9;

    /** u16: of the header. */
    public static final int CHECKSUM_OFFSET = 10;

    /** 4 bytes. */
    public static final int SOURCE_OFFSET = 12;

    /** 4 bytes. */
    public static final int DESTINATION_OFFSET = 16;

    /** The version, as it stands in the upper half of the first byte. */
    public static final int VERSION = 4;

    /** More fragments, and the offset: set in any packet that is not whole. */
    public static final int FRAGMENT_MASK_BE = 0xff3f;

    private Ipv4() {}
}
