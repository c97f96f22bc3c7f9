package io.fastpath.fastpath.wire;

/**
 * ARP for IPv4 over Ethernet (RFC 826).
 *
 * <pre>
 *   0      2      4    5    6      8             14        18            24        28
 *  +------+------+----+----+------+-------------+---------+-------------+---------+
 *  | 1    |0x0800| 6  | 4  | op   | sender MAC  | sender  | target MAC  | target  |
 *  +------+------+----+----+------+-------------+---------+-------------+---------+
 * </pre>
 */
public final class Arp {
    /** Bytes of the packet. */
    public static final int LENGTH = 28;

    /** Hardware type, protocol type, both address lengths. */
    public static final int KIND_OFFSET = 0;

    /** u16: what the packet is. */
    public static final int OPERATION_OFFSET = 6;

    /** 6 bytes. */
    public static final int SENDER_MAC_OFFSET = 8;

    /** 4 bytes. */
    public static final int SENDER_ADDRESS_OFFSET = 14;

    /** 6 bytes. */
    public static final int TARGET_MAC_OFFSET = 18;

    /** 4 bytes. */
    public static final int TARGET_ADDRESS_OFFSET = 24;

    /** The first six bytes of ARP for IPv4 over Ethernet, low 48 bits as they stand in memory. */
    public static final long KIND_ETHERNET_IPV4 = 0x0406_0008_0100L;

    /** Operation: who has the target address? */
    public static final int OPERATION_REQUEST_BE = 0x0100;

    /** Operation: the sender has the sender address. */
    public static final int OPERATION_REPLY_BE = 0x0200;

    private Arp() {}
}
