package io.fastpath.kernelbpf.layout;

/**
 * One slot of the service table: an open-addressing hash table, keyed by VIP, port and protocol, probed linearly
 * from the tuple hash of (VIP, zero address, port, protocol) with the flow table's secret. A slot's index is the
 * service's index while it lives. A VIP itself is an entry too, with port 0 and protocol 0: ARP, echo and fragments
 * ask for it. Wide services, for a range of ports or a prefix, carry {@link #RANGED} and {@link #PREFIXED} in the
 * protocol byte, so that nothing else is taken for one; host bits stand in the hash as the source port. C twin: {@code struct fp_service}.
 *
 * <pre>
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | state   | maglevA | maglevB | size    |
 *  +---------+---------+---------+---------+
 *  | VIP address                           |
 *  +----+-+-+---------+---------+---------+
 *  |port|p|f| active  | flags   | backends|   port u16 network order, protocol u8, forwarding u8
 *  +----+-+-+---------+---------+---------+
 *  |mss |zero|frst|last| zero    |h| zero |   mss_limit u16; port_first u16, port_last u16 (a VIP: ranges), host_bits u8
 *  +---------------------------------------+
 * </pre>
 *
 * Writer: the control thread. {@code state} is stored last (release) when a service appears and first when it goes.
 * The Maglev table has two copies in the Maglev array; {@code active} says which is in force and is stored (release)
 * after the copy is complete.
 */
public final class ServiceDescriptor {
    /** Bytes of a slot. */
    public static final int LENGTH = 64;

    /** u32: one of the STATE constants. */
    public static final int STATE_OFFSET = 0;

    /** u32: first entry of Maglev copy 0 in the Maglev array. */
    public static final int MAGLEV_A_INDEX_OFFSET = 4;

    /** u32: first entry of Maglev copy 1. */
    public static final int MAGLEV_B_INDEX_OFFSET = 8;

    /** u32: entries of each copy. */
    public static final int MAGLEV_SIZE_OFFSET = 12;

    /** 16 bytes: the VIP. */
    public static final int VIP_OFFSET = 16;

    /** u16, network order: the port; 0 in the entry of a VIP itself. */
    public static final int PORT_BE_OFFSET = 32;

    /** u8: IPPROTO_TCP or IPPROTO_UDP; 0 in the entry of a VIP itself. */
    public static final int PROTOCOL_OFFSET = 34;

    /** u8: code of {@link Forwarding}. */
    public static final int FORWARDING_OFFSET = 35;

    /** u32: which Maglev copy is in force, 0 or 1. */
    public static final int MAGLEV_ACTIVE_OFFSET = 36;

    /** u32: {@link #HASH_MASK}, {@link #PICKUP}, {@link #CHECK_MASK} and {@link #RESETS}; the other bits are zero. */
    public static final int FLAGS_OFFSET = 40;

    /** u16: backends with a share above 0. */
    public static final int BACKEND_COUNT_OFFSET = 44;

    /** u16: seconds for which a client keeps its backend, 0 for not. */
    public static final int AFFINITY_SECONDS_OFFSET = 46;

    /** u16, host order: largest segment size that a SYN or SYN+ACK may tell; {@link #MSS_ANY}, {@link #MSS_OF_LINKS}. */
    public static final int MSS_LIMIT_OFFSET = 48;

    /** u16, host order: first port of a range; in the entry of a VIP itself the range numbers in use of TCP. */
    public static final int PORT_FIRST_OFFSET = 52;

    /** u16, host order: last port of a range; in the entry of a VIP itself the range numbers in use of UDP. */
    public static final int PORT_LAST_OFFSET = 54;

    /** u8: how many of the VIP's last bits don't count. */
    public static final int HOST_BITS_OFFSET = 60;

    /** u32: new flows so far, where backends are taken in turn; both engines, by atomic addition. */
    public static final int ROUND_OFFSET = 56;

    /** u8: code of {@link Algorithm}. */
    public static final int ALGORITHM_OFFSET = 61;

    /** u16: index of the head of its list of sources, 0 for none. */
    public static final int SOURCE_LIST_OFFSET = 62;

    /** Never used, or free for reuse by the control thread. */
    public static final int STATE_FREE = 0;

    /** In force. */
    public static final int STATE_LIVE = 1;

    /** A tombstone: probing goes on past it. */
    public static final int STATE_DELETED = 2;

    /** How many slots a look-up probes at most. The control plane refuses a service that would not fit. */
    public static final int PROBE_LIMIT = 16;

    /** The bits of the flags that hold the code of {@link HashInput}. */
    public static final int HASH_MASK = 3;

    /** Where in the flags half the length of the prefix stands that a client is told by, less 1. */
    public static final int AFFINITY_SHIFT = 2;

    /** Its bits, once shifted down. */
    public static final int AFFINITY_MASK = 63;

    /** The bit of the flags that has segments of unknown TCP connections answered with a reset. */
    public static final int RESETS = 1 << 28;

    /** In the flags: a TCP segment of no known connection enters one. */
    public static final int PICKUP = 0x10_0000;

    /** In the flags, the position of the kinds of flow that a TCP connection gets: {@link FlowDescriptor#KIND_CHECKED} on. */
    public static final int CHECK_SHIFT = 21;

    /** Bits of those, once shifted down. */
    public static final int CHECK_MASK = 3;

    /** In the protocol byte: a range of ports, and the port is the range's number among those of VIP and protocol. */
    public static final int RANGED = 0x80;

    /** In the protocol byte: the VIP is a prefix. */
    public static final int PREFIXED = 0x40;

    /** Ranges of ports of one VIP and protocol: a u16 says which there are. The last number is for all ports. */
    public static final int RANGE_LIMIT = 16;

    /** No limit of segment sizes. */
    public static final int MSS_ANY = 0;

    /** A limit of segment sizes that is no number: what the links leave. */
    public static final int MSS_OF_LINKS = 0xffff;

    /** Maglev entry of a service without backends. */
    public static final int MAGLEV_NO_BACKEND = 0xffff;

    /** Entries in a line of the Maglev map: each copy starts on a line. */
    public static final int MAGLEV_LINE_ENTRIES = 32;

    /** Bytes of a Maglev entry (u16: backend index). */
    public static final int MAGLEV_ENTRY_LENGTH = 2;

    private ServiceDescriptor() {}

    /**
     * Offset of a slot.
     *
     * @param serviceIndex from 0
     * @return bytes from the table's start
     */
    public static long slotOffset(final int serviceIndex) {
        return (long) serviceIndex * LENGTH;
    }
}
