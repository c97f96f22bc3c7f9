package io.fastpath.kernelbpf.layout;

/**
 * An interface that the instance serves. The table has {@link #SLOTS} slots; an interface stands at {@code ifindex %
 * SLOTS} or one of the {@code PROBE_LIMIT - 1} slots after it. Queue q of the interface in slot s has the XSKMAP slot
 * and the queue record {@code s * QUEUES_PER_INTERFACE + q}. C twin: {@code struct fp_interface}.
 *
 * <pre>
 *   0         4         8         12        16             22   24        32
 *  +---------+---------+---------+---------+--------------+----+---------+
 *  | ifindex | queues  | flags   | IPv4    | MAC          |mtu | zero    |   IPv4, IPv6: an address of the node, or zero
 *  +---------+---------+---------+---------+--------------+----+---------+
 *  | IPv6 address                          | zero                        |   32 to 64
 *  +---------------------------------------+-----------------------------+
 * </pre>
 *
 * Writer: the control thread; {@code ifindex} last (release). The addresses change at any time: who reads half of one and
 * half of another sends one ICMP error from nobody, which is benign.
 */
public final class InterfaceDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

    /** u32; 0 = free. */
    public static final int IFINDEX_OFFSET = 0;

    /** u32. */
    public static final int QUEUE_COUNT_OFFSET = 4;

    /** u32: FLAG bits. */
    public static final int FLAGS_OFFSET = 8;

    /** u32, network order: an IPv4 address of the node; 0 for none. */
    public static final int IPV4_BE_OFFSET = 12;

    /** 6 bytes. */
    public static final int MAC_OFFSET = 16;

    /** u16: largest IP packet. */
    public static final int MTU_OFFSET = 22;

    /** 16 bytes: an IPv6 address of the node; zero for none. */
    public static final int IPV6_OFFSET = 32;

    /** How many interfaces an instance can serve. */
    public static final int SLOTS = 64;

    /** How many slots a look-up probes. */
    public static final int PROBE_LIMIT = 8;

    /** How many queues of an interface can be served. */
    public static final int QUEUES_PER_INTERFACE = 64;

    /** Slots of the XSKMAP and records of the queue table. */
    public static final int QUEUE_SLOTS = SLOTS * QUEUES_PER_INTERFACE;

    /** Senders on this side leave L4 checksums to offload: compute them afresh. */
    public static final int FLAG_RECOMPUTE_CHECKSUM = 0x1;

    /** Bit of the flags. What XDP_TX sends may lie at a veth's other end until something wakes it: redirect to itself. */
    public static final int FLAG_REDIRECT_BACK = 0x2;

    /** Bit of the flags. What came in there keeps tags, as {@link VlanDescriptor} has it. */
    public static final int FLAG_KEEP_VLANS = 0x4;

    private InterfaceDescriptor() {}

    /**
     * Offset of a record.
     *
     * @param slotIndex from 0
     * @return bytes from the table's start
     */
    public static long recordOffset(final int slotIndex) {
        return (long) slotIndex * LENGTH;
    }

    /**
     * XSKMAP slot and queue record of a queue.
     *
     * @param slotIndex the interface's slot
     * @param queueIndex the queue, below {@link #QUEUES_PER_INTERFACE}
     * @return from 0
     */
    public static int queueSlot(final int slotIndex, final int queueIndex) {
        return slotIndex * QUEUES_PER_INTERFACE + queueIndex;
    }
}
