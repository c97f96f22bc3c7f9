package io.fastpath.kernelbpf.layout;

/**
 * One slot of the fragment table: a datagram that comes in pieces, of which the first has come and was let through. C
 * twin: {@code struct fp_fragment}, which tells of hash, writers and lifetime.
 *
 * <pre>
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | control | born    | flow    | its     |   control: state 2 | version 30 (low to high)
 *  |         |         | slot    | control |
 *  +---------+---------+---------+---------+
 *  | source address                        |
 *  +---------------------------------------+
 *  | destination address                   |
 *  +---------+---------+---------+---------+
 *  | id      | protocol| extent  | tally   |   extent: highest end 16 | end of the datagram 16, 0: not known
 *  +---------+---------+---------+---------+   tally: units 16 | fragments 16
 *  | which units of 8 bytes have come: a bit each, 128 words, 64 to 1088
 *  +---------------------------------------
 * </pre>
 */
public final class FragmentDescriptor {
    /** Bytes of a slot. */
    public static final int LENGTH = 1088;

    /** u32: state and version; compare-and-swap only. */
    public static final int CONTROL_OFFSET = 0;

    /** u32: when the first fragment came, in ticks. */
    public static final int BORN_TICKS_OFFSET = 4;

    /** u32: slot of the datagram's flow. */
    public static final int FLOW_INDEX_OFFSET = 8;

    /** u32: that slot's control word. */
    public static final int FLOW_CONTROL_OFFSET = 12;

    /** 16 bytes. */
    public static final int SOURCE_OFFSET = 16;

    /** 16 bytes. */
    public static final int DESTINATION_OFFSET = 32;

    /** u32: as it stands in memory. */
    public static final int IDENTIFICATION_OFFSET = 48;

    /** u32: IPv4's; in IPv6 that of the fragment header. */
    public static final int PROTOCOL_OFFSET = 52;

    /** u32: highest end and the datagram's end, in units. */
    public static final int EXTENT_OFFSET = 56;

    /** u32: units and fragments that have come. */
    public static final int TALLY_OFFSET = 60;

    /** {@link #MAP_WORDS} u64. */
    public static final int RECEIVED_OFFSET = 64;

    /** Nobody's. */
    public static final int STATE_FREE = 0;

    /** Being filled by the one who won the compare-and-swap. */
    public static final int STATE_CLAIMED = 1;

    /** A datagram. */
    public static final int STATE_LIVE = 2;

    /** Fragments overlapped: nothing more of the datagram is let through. */
    public static final int STATE_POISONED = 3;

    /** Datagrams under way at once: 4.3 MiB. */
    public static final int SLOTS = 4096;

    /** How many slots a datagram can stand in; beyond it the oldest of them makes room. */
    public static final int PROBE_LIMIT = 8;

    /** Part of the control word. */
    public static final int STATE_MASK = 3;

    /** Added to the control word. */
    public static final int VERSION_ONE = 4;

    /** 65,536 bytes in units of 8, a bit each. */
    public static final int MAP_WORDS = 128;

    /** Fragments of a datagram: 65,535 bytes at IPv4's MTU of 576 are 119. */
    public static final int COUNT_LIMIT = 128;

    /** One fragment in the tally. */
    public static final int COUNT_ONE = 0x10000;

    /** Bytes of a datagram. */
    public static final int LENGTH_LIMIT = 65535;

    /** 15 seconds (RFC 791, 3.2). */
    public static final int LIFETIME_IPV4_TICKS = 14305;

    /** 60 seconds (RFC 8200, 4.5). */
    public static final int LIFETIME_IPV6_TICKS = 57220;

    /** A claim that its writer did not finish in a second. */
    public static final int ABANDONED_TICKS = 953;

    private FragmentDescriptor() {}
}
