package io.fastpath.fastpath.wire;

/**
 * VLAN tag (IEEE 802.1Q, 9.6), in a packet in front of the Ethernet type. It travels through the code as one int, its
 * four bytes as they stand in memory.
 *
 * <pre>
 *   0      2                  4
 *  +------+-----+---+--------+
 *  | TPID | PCP |DEI| VID    |   2 bytes; 3, 1 and 12 bits
 *  +------+-----+---+--------+
 * </pre>
 */
public final class Vlan {
    /** Bytes of a tag. */
    public static final int LENGTH = 4;

    /** How many tags a packet may have. */
    public static final int TAG_LIMIT = 2;

    /** TPID of a customer tag, 802.1Q. */
    public static final int TPID_CUSTOMER_BE = 0x0081;

    /** TPID of a service tag, 802.1ad. */
    public static final int TPID_SERVICE_BE = 0xa888;

    private static final int WITHOUT_PRIORITY_MASK = 0xff0f_ffff;
    private static final int VID_MASK = 0xff0f_0000;

    private Vlan() {}

    /**
     * Whether an Ethernet type announces a tag.
     *
     * @param typeBe as it stands in memory
     * @return true for the two TPIDs
     */
    public static boolean isTag(final int typeBe) {
        return typeBe == TPID_CUSTOMER_BE || typeBe == TPID_SERVICE_BE;
    }

    /**
     * A tag without what belongs to the single frame.
     *
     * @param tag as it stands in memory
     * @return the same with priority and drop eligibility 0
     */
    public static int withoutPriority(final int tag) {
        return tag & WITHOUT_PRIORITY_MASK;
    }

    /**
     * Whether a frame's only tag names no VLAN: such a frame counts as untagged (IEEE 802.1Q, 6.9).
     *
     * @param tagCount of the frame
     * @param outerTag as it stands in memory
     * @return true for one tag with VID 0
     */
    public static boolean isPriorityTag(final int tagCount, final int outerTag) {
        return tagCount == 1 && (outerTag & VID_MASK) == 0;
    }
}
