package io.fastpath.fastpath.wire;

/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443), which share their first bytes, and neighbour discovery (RFC 4861, 4.3 and 4.4).
 *
 * <pre>
 *   0    1    2      4                8              24
 *  +----+----+------+----------------+--------------+---------
 *  |type|code|chksum| id, seq | flags| target       | options    target and options: neighbour discovery
 *  +----+----+------+----------------+--------------+---------
 * </pre>
 */
public final class Icmp {
    /** Bytes that each message has. */
    public static final int HEADER_LENGTH = 8;

    /** u8. */
    public static final int TYPE_OFFSET = 0;

    /** u8. */
    public static final int CODE_OFFSET = 1;

    /** u16. */
    public static final int CHECKSUM_OFFSET = 2;

    /** u32: what an error tells besides, an MTU in its last bytes. */
    public static final int WORD_OFFSET = 4;

    /** u32: flags of an advertisement. */
    public static final int FLAGS_OFFSET = 4;

    /** 16 bytes: the address that is asked for. */
    public static final int TARGET_OFFSET = 8;

    /** Bytes of a solicitation or an advertisement without options. */
    public static final int NEIGHBOR_LENGTH = 24;

    /** Bytes of a link-layer address option: type, length, six bytes of MAC. */
    public static final int LINK_OPTION_LENGTH = 8;

    /** Option lengths are counted in these. */
    public static final int OPTION_UNIT_LENGTH = 8;

    /** ICMP: echo request. */
    public static final int ECHO_REQUEST = 8;

    /** ICMP: echo reply. */
    public static final int ECHO_REPLY = 0;

    /** ICMP: destination unreachable; code 4 tells an MTU (RFC 1191). */
    public static final int UNREACHABLE = 3;

    /** ICMP, code of unreachable: fragmentation needed and DF set. */
    public static final int FRAGMENTATION_NEEDED = 4;

    /** ICMP: time exceeded. */
    public static final int TIME_EXCEEDED = 11;

    /** ICMP: parameter problem. */
    public static final int PARAMETER_PROBLEM = 12;

    /** ICMPv6: destination unreachable, the first error. */
    public static final int UNREACHABLE_V6 = 1;

    /** ICMPv6: packet too big. */
    public static final int TOO_BIG_V6 = 2;

    /** ICMPv6: time exceeded. */
    public static final int TIME_EXCEEDED_V6 = 3;

    /** ICMPv6: parameter problem, the last error that is in use. */
    public static final int PARAMETER_PROBLEM_V6 = 4;

    /** ICMPv6: echo request. */
    public static final int ECHO_REQUEST_V6 = 128;

    /** ICMPv6: echo reply. */
    public static final int ECHO_REPLY_V6 = 129;

    /** ICMPv6: neighbour solicitation. */
    public static final int NEIGHBOR_SOLICITATION = 135;

    /** ICMPv6: neighbour advertisement. */
    public static final int NEIGHBOR_ADVERTISEMENT = 136;

    /** Option: the sender's link-layer address. */
    public static final int OPTION_SOURCE_LINK = 1;

    /** Option: the target's link-layer address. */
    public static final int OPTION_TARGET_LINK = 2;

    /** Flags of an advertisement: it answers a solicitation. */
    public static final int FLAG_SOLICITED_BE = 0x40;

    /** Flags of an advertisement: it overrides what is cached. */
    public static final int FLAG_OVERRIDE_BE = 0x20;

    private Icmp() {}

    /**
     * Whether a type is that of an error, which quotes the packet that it is about. Source quench is none any more
     * (RFC 6633), redirects are for hosts.
     *
     * @param type of an ICMP message
     * @return true for 3, 11, 12
     */
    public static boolean isError(final int type) {
        return type == UNREACHABLE || type == TIME_EXCEEDED || type == PARAMETER_PROBLEM;
    }

    /**
     * Whether a type is that of an error, which quotes the packet that it is about (RFC 4443, 2.1).
     *
     * @param type of an ICMPv6 message
     * @return true for 1 to 4
     */
    public static boolean isErrorV6(final int type) {
        return type >= UNREACHABLE_V6 && type <= PARAMETER_PROBLEM_V6;
    }
}
