package io.fastpath.fastpath.wire;

/**
 * TCP header (RFC 9293, 3.1).
 *
 * <pre>
 *   0      2      4          8          12   13   14     16     18     20
 *  +------+------+----------+----------+----+----+------+------+------+
 *  | from | to   | sequence | ack      |len |flgs|window|chksum|urgent|
 *  +------+------+----------+----------+----+----+------+------+------+
 * </pre>
 */
public final class Tcp {
    /** Bytes of the header without options. */
    public static final int HEADER_LENGTH = 20;

    /** u16 and u16: source and destination port. */
    public static final int PORTS_OFFSET = 0;

    /** u32, network order: the sequence number. */
    public static final int SEQUENCE_OFFSET = 4;

    /** u32, network order: the acknowledgment number. */
    public static final int ACKNOWLEDGED_OFFSET = 8;

    /** u8: the header's length in words of 32 bits, in the upper half. */
    public static final int DATA_OFFSET_OFFSET = 12;

    /** u8: flags. */
    public static final int FLAGS_OFFSET = 13;

    /** u16, network order: the window. */
    public static final int WINDOW_OFFSET = 14;

    /** u16. */
    public static final int CHECKSUM_OFFSET = 16;

    /** Option, one byte: there is no more. */
    public static final int OPTION_END = 0;

    /** Option, one byte: no operation. */
    public static final int OPTION_NOTHING = 1;

    /** Option: maximum segment size. */
    public static final int OPTION_MSS = 2;

    /** Bytes of that option; the value is in the last two. */
    public static final int OPTION_MSS_LENGTH = 4;

    /** u16. */
    public static final int URGENT_OFFSET = 18;

    /** Kind of an option: the sender scales its windows (RFC 7323, 2). */
    public static final int OPTION_SCALE = 3;

    /** Kind of an option: a timestamp (RFC 7323, 3). */
    public static final int OPTION_STAMP = 8;

    /** A larger scale counts as this (RFC 7323, 2.3). */
    public static final int SCALE_LIMIT = 14;

    /** Options of a SYN that are looked at, paddings of a byte included; a SYN of today has five. */
    public static final int OPTIONS_WALKED = 16;

    private Tcp() {}
}
