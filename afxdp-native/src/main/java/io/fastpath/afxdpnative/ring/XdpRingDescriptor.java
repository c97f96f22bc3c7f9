package io.fastpath.afxdpnative.ring;

/**
 * Layout of an AF_XDP ring as the kernel maps it, and of its entries.
 *
 * <p>The kernel places four words and an array in one mapping, and tells where with {@code XDP_MMAP_OFFSETS}; today each
 * of producer, consumer and flags starts a cache line of its own:
 *
 * <pre>
 *   producerOffset   0        4                             64
 *                    +--------+------------------------------+
 *                    |Producer|  padding                     |   u32, index of the next entry to be written
 *   consumerOffset   +--------+------------------------------+
 *                    |Consumer|  padding                     |   u32, index of the next entry to be read
 *   flagsOffset      +--------+------------------------------+
 *                    | Flags  |  padding                     |   u32, bit 0: {@link #FLAG_NEED_WAKEUP}
 *   entriesOffset    +--------+------------------------------+
 *                    | entry 0 | entry 1 | ... | entry N-1   |   N is a power of two
 *                    +---------------------------------------+
 * </pre>
 *
 * <p>Indices run freely over 32 bits and wrap; the entry of index {@code i} is {@code i & (N - 1)}. The ring is empty when
 * both indices are equal, full when {@code producer - consumer == N}; <em>an entry is complete when the producer index
 * has passed it, and free again when the consumer index has.</em>
 *
 * <p>An entry of the fill and completion ring is a frame's address, that is its offset in bytes from the start of the
 * UMEM:
 *
 * <pre>
 *    0                               8
 *    +-------------------------------+
 *    |            Address            |
 *    +-------------------------------+
 * </pre>
 *
 * <p>An entry of the rx and tx ring ({@code struct xdp_desc}) is a piece of a frame. The address is that of the packet's
 * first byte, not of the frame:
 *
 * <pre>
 *    0                               8               12              16
 *    +-------------------------------+---------------+---------------+
 *    |            Address            |    Length     |    Options    |
 *    +-------------------------------+---------------+---------------+
 * </pre>
 *
 * <p>Options are 0: neither multi-buffer packets nor transmit metadata are asked for. Source: {@code
 * include/uapi/linux/if_xdp.h}; ordering in {@code net/xdp/xsk_queue.h}. All words are in native byte order.
 */
public final class XdpRingDescriptor {
    /** Length in bytes of a fill or completion entry. */
    public static final int ADDRESS_ENTRY_LENGTH = 8;

    /** Length in bytes of an rx or tx entry, {@code struct xdp_desc}. */
    public static final int PACKET_ENTRY_LENGTH = 16;

    /** Offset in bytes of the address inside either kind of entry. */
    public static final int ADDRESS_OFFSET = 0;

    /** Offset in bytes of the packet's length inside an rx or tx entry. */
    public static final int LENGTH_OFFSET = ADDRESS_OFFSET + Long.BYTES;

    /** Offset in bytes of the options inside an rx or tx entry. */
    public static final int OPTIONS_OFFSET = LENGTH_OFFSET + Integer.BYTES;

    /** Flag of a fill or tx ring: the kernel sleeps on this ring, wake it with a system call ({@code XDP_RING_NEED_WAKEUP}). */
    public static final int FLAG_NEED_WAKEUP = 1;

    /** Largest number of entries of one ring; keeps every offset in an int, and exceeds what any driver accepts. */
    public static final int ENTRY_COUNT_LIMIT = 1 << 20;

    private XdpRingDescriptor() {}

    /**
     * Length in bytes of the mapping of a ring.
     *
     * @param entriesOffset of the first entry in bytes from the mapping's start.
     * @param entryCount a power of two.
     * @param entryLength {@link #ADDRESS_ENTRY_LENGTH} or {@link #PACKET_ENTRY_LENGTH}.
     * @return the length in bytes.
     */
    public static int mappingLength(final int entriesOffset, final int entryCount, final int entryLength) {
        return entriesOffset + entryCount * entryLength;
    }

    /**
     * Refuse a number of entries that the protocol can't count.
     *
     * @param entryCount to check.
     * @return {@code entryCount}.
     * @throws IllegalArgumentException if it is not a power of two between 1 and {@link #ENTRY_COUNT_LIMIT}.
     */
    public static int checkEntryCount(final int entryCount) {
        if (entryCount < 1 || entryCount > ENTRY_COUNT_LIMIT || Integer.bitCount(entryCount) != 1) {
            throw new IllegalArgumentException(
                    "ring of " + entryCount + " entries: must be a power of two from 1 to " + ENTRY_COUNT_LIMIT);
        }
        return entryCount;
    }
}
