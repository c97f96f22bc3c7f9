package io.fastpath.kernelbpf.layout;

/**
 * One slot of the flow table: one direction of one connection, one cache line. A connection owns two slots,
 * forward (client to VIP) and reverse (backend to node or client), which hold the same endpoints and point at each
 * other. C twin: {@code struct fp_flow}.
 *
 * <pre>
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | control | hop     | lastSeen| peer    |   control: state 8 | kind 8 | version 16 (low to high)
 *  +---------+---------+---------+---------+
 *  | client address                        |   hop: neighbourhood bitmap 24 | insert count 8 (low to high)
 *  +---------+---------+---------+---------+
 *  | VIP address                           |
 *  +----+----+----+----+----+----+----+-+--+
 *  |cprt|vprt|sprt|snat|bknd|nhop|srvc|p|tr|   ports in network order, then indices, protocol, tracking
 *  +----+----+----+----+----+----+----+-+--+
 *  48   50   52   54   56   58   60   62 63
 * </pre>
 *
 * Writers: any worker and any CPU. {@code control} and {@code hop} change by compare-and-swap (or atomic and/or)
 * only. The claimant writes the other words before {@code control} leaves CLAIMED; later only lastSeen, nextHop and
 * tracking change, by plain stores: a benign race, the last writer wins and each value is good. {@code hop} belongs
 * to the position in the table (the home), not to the entry that is stored there.
 */
public final class FlowDescriptor {
    /** Bytes of a slot. */
    public static final int LENGTH = 64;

    /** u32: state, kind and version. */
    public static final int CONTROL_OFFSET = 0;

    /** u32: which of the neighbourhood's positions hold entries whose home is this position. */
    public static final int HOP_OFFSET = 4;

    /** u32: ticks of CLOCK_MONOTONIC when this direction's last packet was seen. */
    public static final int LAST_SEEN_TICKS_OFFSET = 8;

    /** u32: slot of the other direction. */
    public static final int PEER_INDEX_OFFSET = 12;

    /** 16 bytes: client address. */
    public static final int CLIENT_OFFSET = 16;

    /** 16 bytes: VIP. */
    public static final int VIP_OFFSET = 32;

    /** u16, network order: the client's port. */
    public static final int CLIENT_PORT_BE_OFFSET = 48;

    /** u16, network order: the VIP's port. */
    public static final int VIP_PORT_BE_OFFSET = 50;

    /** u16, network order: the source port that the backend sees under full NAT. */
    public static final int SNAT_PORT_BE_OFFSET = 52;

    /** u16: which SNAT address the backend sees; {@link #NO_SNAT} or {@link #DIRECT} where the client's own. */
    public static final int SNAT_INDEX_OFFSET = 54;

    /** u16: the backend. */
    public static final int BACKEND_INDEX_OFFSET = 56;

    /** u16: next hop of this direction's packets; 0 = not resolved. */
    public static final int NEXT_HOP_INDEX_OFFSET = 58;

    /** u16: the service. */
    public static final int SERVICE_INDEX_OFFSET = 60;

    /** u8: IPPROTO_TCP or IPPROTO_UDP. */
    public static final int PROTOCOL_OFFSET = 62;

    /** u8: memory of the TCP state machine. */
    public static final int TRACKING_OFFSET = 63;

    /** Bits of {@code control} that hold the state. */
    public static final int STATE_MASK = 0xff;

    /** Position of the kind in {@code control}. */
    public static final int KIND_SHIFT = 8;

    /** Bits of the kind, once shifted down. */
    public static final int KIND_MASK = 0xff;

    /** Position of the version in {@code control}; it grows by one each time a slot is claimed. */
    public static final int VERSION_SHIFT = 16;

    /** Kind bit: this slot is the direction from the backend. */
    public static final int KIND_REVERSE = 0x01;

    /** Position of the forwarding mode in the kind. */
    public static final int KIND_MODE_SHIFT = 1;

    /** Bits of the forwarding mode in the kind, in place. */
    public static final int KIND_MODE_MASK = 0x0e;

    /** Kind: opened by a SYN cookie; the backend's sequence numbers are translated. */
    public static final int KIND_PROXIED = 0x10;

    /** Bits of the kind, in place: not 0 in the modes in which the backend answers the client itself. */
    public static final int KIND_DIRECT_MASK = 0x0c;

    /** Kind bit: sequence numbers are noted beside the slot, {@link FlowTcpDescriptor}. */
    public static final int KIND_CHECKED = 0x20;

    /** Kind bit: and what is out of its windows is dropped. */
    public static final int KIND_STRICT = 0x40;

    /** Kind bit: counted among its service's and its client's, {@link OpenDescriptor}. */
    public static final int KIND_COUNTED = 0x80;

    /** In the tracking byte: a FIN came from this slot's side. */
    public static final int FIN_SEEN = 0x01;

    /** In the forward slot's tracking byte, the position of how often the SYN came again. */
    public static final int SYNS_SHIFT = 4;

    /** As often as that can say. */
    public static final int SYNS_LIMIT = 15;

    /** How many positions a home's entries may stand at. */
    public static final int HOP_BITS = 24;

    /** Bits of {@code hop} that are the bitmap. */
    public static final int HOP_MASK = 0x00ff_ffff;

    /** Position of the count of inserts in {@code hop}, which makes a compare-and-swap see a change and back. */
    public static final int HOP_COUNT_SHIFT = 24;

    /** {@code lastSeen} counts ticks of 2^20 ns; it wraps after 52 days, so differences are taken modulo 2^32. */
    public static final int TICK_SHIFT = 20;

    /** SNAT index of a flow whose source is not translated. */
    public static final int NO_SNAT = 0xffff;

    /** SNAT index of a flow whose backend answers as the VIP: its reverse tuple is the forward one turned round. */
    public static final int DIRECT = 0xfffe;

    private FlowDescriptor() {}

    /**
     * Offset of a slot.
     *
     * @param slotIndex from 0
     * @return bytes from the table's start
     */
    public static long slotOffset(final int slotIndex) {
        return (long) slotIndex << 6;
    }

    /**
     * Ticks of a point in time.
     *
     * @param timeNs CLOCK_MONOTONIC
     * @return its ticks, modulo 2^32
     */
    public static int ticks(final long timeNs) {
        return (int) (timeNs >>> TICK_SHIFT);
    }
}
