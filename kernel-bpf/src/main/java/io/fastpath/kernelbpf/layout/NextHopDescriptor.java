package io.fastpath.kernelbpf.layout;

/**
 * Where a packet goes on the link: egress interface, MAC addresses, VLAN tags. Index 0 is never used: it means "not
 * resolved". The table is open-addressed by (interface, gateway, tags); a slot is claimed by compare-and-swap on
 * {@code state}, so that a worker may learn a hop by itself. C twin: {@code struct fp_next_hop}.
 *
 * <pre>
 *   0         4         8              14             20   22   24
 *  +---------+---------+--------------+--------------+----+----+
 *  | state   | ifindex | destination  | source MAC   |mtu |tags|   tags: how many VLAN tags, 0 to 2
 *  +---------+---------+--------------+--------------+----+----+
 *  24   26   28   30   32                                     48
 *  +----+----+----+----+---------------------------------------+
 *  |tpid|tci |tpid|tci | gateway, or the neighbour itself       |  outer tag, inner tag: network order
 *  +----+----+----+----+---------------------------------------+
 *  48          56      64
 *  +-----------+-------+
 *  | provedNs  | zero  |   when the kernel's neighbour entry was last seen valid
 *  +-----------+-------+
 * </pre>
 *
 * The last quarter of the records is for clients on the link and for tags that a frame told; backends and gateways have
 * the others.
 *
 * <p>Writers: the claimant until {@code state} leaves CLAIMED; after that the control thread, and workers that learn
 * the MAC of a hop that is not VALID. A changed MAC is written with {@code state} CLAIMED around it, and in one store,
 * so that no packet leaves with half of one. A changed MTU is one store. The key never changes.
 */
public final class NextHopDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

    /** u32: one of the STATE constants. */
    public static final int STATE_OFFSET = 0;

    /** u32: egress interface. */
    public static final int IFINDEX_OFFSET = 4;

    /** 6 bytes. */
    public static final int DESTINATION_MAC_OFFSET = 8;

    /** 6 bytes. */
    public static final int SOURCE_MAC_OFFSET = 14;

    /** u16: largest IP packet. */
    public static final int MTU_OFFSET = 20;

    /** u16: VLAN tags that a packet gets, 0 to 2. */
    public static final int TAG_COUNT_OFFSET = 22;

    /** u16 and u16, network order: TPID and TCI of the outer tag. */
    public static final int OUTER_TAG_OFFSET = 24;

    /** u16 and u16, network order: TPID and TCI of the inner tag. */
    public static final int INNER_TAG_OFFSET = 28;

    /** 16 bytes. */
    public static final int GATEWAY_OFFSET = 32;

    /** u64: CLOCK_MONOTONIC. */
    public static final int PROVED_NS_OFFSET = 48;

    /** Not in use. */
    public static final int STATE_FREE = 0;

    /** Being filled. */
    public static final int STATE_CLAIMED = 1;

    /** No MAC known yet: the kernel was asked. */
    public static final int STATE_INCOMPLETE = 2;

    /** MAC of the frame that came from there; the kernel was asked. */
    public static final int STATE_PROVISIONAL = 3;

    /** MAC of the kernel's neighbour entry. */
    public static final int STATE_VALID = 4;

    /** Out of use: resolve again, don't send there. */
    public static final int STATE_STALE = 5;

    private NextHopDescriptor() {}

    /**
     * Offset of a record.
     *
     * @param nextHopIndex from 0
     * @return bytes from the table's start
     */
    public static long recordOffset(final int nextHopIndex) {
        return (long) nextHopIndex * LENGTH;
    }
}
