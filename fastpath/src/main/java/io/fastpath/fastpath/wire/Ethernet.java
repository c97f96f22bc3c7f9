package io.fastpath.fastpath.wire;

/**
 * Ethernet II header (IEEE 802.3, clause 3).
 *
 * <pre>
 *   0              6              12     14
 *  +--------------+--------------+------+
 *  | destination  | source       | type |
 *  +--------------+--------------+------+
 * </pre>
 */
public final class Ethernet {
    /** Bytes of the header, without VLAN tags. */
    public static final int HEADER_LENGTH = 14;

    /** 6 bytes. */
    public static final int DESTINATION_OFFSET = 0;

    /** 6 bytes. */
    public static final int SOURCE_OFFSET = 6;

    /** u16, or the first VLAN tag. */
    public static final int TYPE_OFFSET = 12;

    /** IPv4. */
    public static final int TYPE_IPV4_BE = 0x0008;

    /** ARP. */
    public static final int TYPE_ARP_BE = 0x0608;

    /** IPv6. */
    public static final int TYPE_IPV6_BE = 0xdd86;

    private Ethernet() {}
}
