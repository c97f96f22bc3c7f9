package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * A batch of packets on their way through a {@link Pipeline}: a record per packet, two cache lines outside the heap. The
 * worker fills the first fields, the pipeline the others, and the worker reads the result. One thread; reused forever.
 *
 * <pre>
 *   frameOffset            packetOffset               packetOffset + length
 *  |  headroom            |  Ethernet, tags, IP ...  |  rest of the frame   |    offsets into the worker's UMEM
 *
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | frame   | packet  | length  | ingress |   as received; packet and length become what is to be sent
 *  +---------+---------+---------+---------+
 *  | verdict | egress  | backend | kind    |   the result, and what the parser found
 *  +---------+---------+---------+---------+
 *  | network |transport| IP bytes| ports   |   offsets of the headers; ports as they stand in memory
 *  +---------+---------+---------+---------+
 *  | source address                        |
 *  +---------------------------------------+
 *  | destination address                   |
 *  +---------+---------+---------+---------+
 *  | protocol| TTL     | TCP flgs| home    |   home, hop word and handle: of the flow table, for TCP and UDP
 *  +---------+---------+---------+---------+
 *  | hop word| fragmnt | handle            |   fragment: a FragmentWord
 *  +---------+---------+-------------------+
 *  | id      | id's    | kept    | kept    |   identification and its protocol, of fragments alone; tags that go on with the
 *  |         | protocol| outer   | inner   |   packet where its hop has none, as they stand in memory
 *  +---------+---------+-------------------+
 * </pre>
 */
public final class PacketBatch {
    /** Packets in a full batch: enough for cache misses to overlap, few enough to stay in the first-level cache. */
    public static final int CAPACITY = 64;

    /** Egress slot of a packet that goes nowhere. */
    public static final int NONE = -1;

    private static final int RECORD_LENGTH = 128;
    private static final int RECORD_SHIFT = 7;

    private static final int FRAME_OFFSET = 0;
    private static final int PACKET_OFFSET = 4;
    private static final int LENGTH_OFFSET = 8;
    private static final int INGRESS_OFFSET = 12;
    private static final int VERDICT_OFFSET = 16;
    private static final int EGRESS_OFFSET = 20;
    private static final int BACKEND_OFFSET = 24;
    private static final int KIND_OFFSET = 28;
    private static final int NETWORK_OFFSET = 32;
    private static final int TRANSPORT_OFFSET = 36;
    private static final int IP_LENGTH_OFFSET = 40;
    private static final int PORTS_OFFSET = 44;
    private static final int SOURCE_OFFSET = 48;
    private static final int DESTINATION_OFFSET = 64;
    private static final int PROTOCOL_OFFSET = 80;
    private static final int TTL_OFFSET = 84;
    private static final int TCP_FLAGS_OFFSET = 88;
    private static final int HOME_OFFSET = 92;
    private static final int HOP_WORD_OFFSET = 96;
    private static final int FRAGMENT_OFFSET = 100;
    private static final int FLOW_OFFSET = 104;
    private static final int IDENTIFICATION_OFFSET = 112;
    private static final int IDENTIFIED_PROTOCOL_OFFSET = 116;
    private static final int KEPT_OFFSET = 120;
    private static final int KEPT_INNER_OFFSET = 124;

    private final SharedMemory records = SharedMemory.allocate(CAPACITY * RECORD_LENGTH);
    private int count;

    /** Empties the batch. */
    public void clear() {
        count = 0;
    }

    /**
     * Adds a received packet.
     *
     * @param frameOffset where its frame begins, in the worker's UMEM
     * @param packetOffset where its first byte is, not before the frame
     * @param length bytes of the packet, all within the frame
     * @param ingressSlot slot of the interface it came in by
     */
    public void add(final int frameOffset, final int packetOffset, final int length, final int ingressSlot) {
        if (count == CAPACITY) {
            throw new IllegalStateException("a batch has room for " + CAPACITY + " packets");
        }
        final long record = record(count++);
        records.putInt(record + FRAME_OFFSET, frameOffset);
        records.putInt(record + PACKET_OFFSET, packetOffset);
        records.putInt(record + LENGTH_OFFSET, length);
        records.putInt(record + INGRESS_OFFSET, ingressSlot);
    }

    /**
     * How many packets are in it.
     *
     * @return from 0 to {@link #CAPACITY}
     */
    public int count() {
        return count;
    }

    /**
     * Whether no packet can be added.
     *
     * @return true at {@link #CAPACITY}
     */
    public boolean isFull() {
        return count == CAPACITY;
    }

    /**
     * Where a packet's frame begins.
     *
     * @param i packet, from 0
     * @return offset in the UMEM
     */
    public int frameOffset(final int i) {
        return get(i, FRAME_OFFSET);
    }

    /**
     * Where a packet begins, after processing: where what is to be sent begins.
     *
     * @param i packet, from 0
     * @return offset in the UMEM
     */
    public int packetOffset(final int i) {
        return get(i, PACKET_OFFSET);
    }

    /**
     * Bytes of a packet, after processing: of what is to be sent.
     *
     * @param i packet, from 0
     * @return bytes
     */
    public int length(final int i) {
        return get(i, LENGTH_OFFSET);
    }

    /**
     * Where a packet came in.
     *
     * @param i packet, from 0
     * @return the interface's slot
     */
    public int ingressSlot(final int i) {
        return get(i, INGRESS_OFFSET);
    }

    /**
     * Where a packet shall go out.
     *
     * @param i packet, from 0
     * @return the interface's slot, or {@link #NONE}: the frame is free
     */
    public int egressSlot(final int i) {
        return get(i, EGRESS_OFFSET);
    }

    /**
     * How a packet ended.
     *
     * @param i packet, from 0
     * @return code of a {@link Counter}
     */
    public int verdict(final int i) {
        return get(i, VERDICT_OFFSET);
    }

    /**
     * Takes a packet back that could not be sent, before {@link Pipeline#count} counts the batch.
     *
     * @param i packet, from 0
     * @param reason one of the drops
     */
    public void drop(final int i, final Counter reason) {
        end(i, reason.code(), NONE);
    }

    /** Ends a packet. */
    void end(final int i, final int verdictCode, final int egress) {
        put(i, VERDICT_OFFSET, verdictCode);
        put(i, EGRESS_OFFSET, egress);
    }

    /** What is to be sent of a packet. */
    void outgoing(final int i, final long offset, final long length) {
        put(i, PACKET_OFFSET, (int) offset);
        put(i, LENGTH_OFFSET, (int) length);
    }

    /** Ends a packet that goes to a backend or comes from one. */
    void forwarded(final int i, final int verdictCode, final int egress, final int backendIndex) {
        end(i, verdictCode, egress);
        put(i, BACKEND_OFFSET, backendIndex);
    }

    /**
     * The backend of a packet.
     *
     * @param i packet, from 0; forwarded
     * @return its index
     */
    public int backendIndex(final int i) {
        return get(i, BACKEND_OFFSET);
    }

    /** A code of {@link PacketKind}, or a drop code. */
    int kind(final int i) {
        return get(i, KIND_OFFSET);
    }

    void kind(final int i, final int value) {
        put(i, KIND_OFFSET, value);
    }

    /** Where the IP header or the ARP packet begins. */
    long networkOffset(final int i) {
        return get(i, NETWORK_OFFSET);
    }

    void networkOffset(final int i, final long value) {
        put(i, NETWORK_OFFSET, (int) value);
    }

    /** Where what follows the IP header begins. */
    long transportOffset(final int i) {
        return get(i, TRANSPORT_OFFSET);
    }

    /** Bytes of the IP packet, header included. */
    int ipLength(final int i) {
        return get(i, IP_LENGTH_OFFSET);
    }

    void ipLength(final int i, final int value) {
        put(i, IP_LENGTH_OFFSET, value);
    }

    /** Bytes of the IP packet after its header. */
    int transportLength(final int i) {
        return get(i, IP_LENGTH_OFFSET) + get(i, NETWORK_OFFSET) - get(i, TRANSPORT_OFFSET);
    }

    /** What the IP header says about its packet. */
    void ip(final int i, final long transportOffset, final int ipLength, final int protocol, final int timeToLive) {
        put(i, TRANSPORT_OFFSET, (int) transportOffset);
        put(i, IP_LENGTH_OFFSET, ipLength);
        put(i, PROTOCOL_OFFSET, protocol);
        put(i, TTL_OFFSET, timeToLive);
        put(i, FRAGMENT_OFFSET, FragmentWord.NONE);
    }

    /** Sets the tags that go on with it where its hop has none; 0 for none. */
    void keptTags(final int i, final int outer, final int inner) {
        put(i, KEPT_OFFSET, outer);
        put(i, KEPT_INNER_OFFSET, inner);
    }

    /** How many tags go on with it where its hop has none. */
    int keptTagCount(final int i) {
        return get(i, KEPT_OFFSET) == 0 ? 0 : get(i, KEPT_INNER_OFFSET) == 0 ? 1 : 2;
    }

    int keptOuterTag(final int i) {
        return get(i, KEPT_OFFSET);
    }

    int keptInnerTag(final int i) {
        return get(i, KEPT_INNER_OFFSET);
    }

    /** Makes it a fragment: a {@link FragmentWord}, the identification as it stands in memory, and the key's protocol. */
    void fragment(final int i, final int word, final int identification, final int identifiedProtocol) {
        put(i, FRAGMENT_OFFSET, word);
        put(i, IDENTIFICATION_OFFSET, identification);
        put(i, IDENTIFIED_PROTOCOL_OFFSET, identifiedProtocol);
        put(i, TCP_FLAGS_OFFSET, 0);
    }

    /** A {@link FragmentWord}. */
    int fragment(final int i) {
        return get(i, FRAGMENT_OFFSET);
    }

    int identification(final int i) {
        return get(i, IDENTIFICATION_OFFSET);
    }

    int identifiedProtocol(final int i) {
        return get(i, IDENTIFIED_PROTOCOL_OFFSET);
    }

    /** What was found behind extension headers. */
    void transport(final int i, final long transportOffset, final int protocol) {
        put(i, TRANSPORT_OFFSET, (int) transportOffset);
        put(i, PROTOCOL_OFFSET, protocol);
    }

    /** TTL or hop limit, as received. */
    int timeToLive(final int i) {
        return get(i, TTL_OFFSET);
    }

    int protocol(final int i) {
        return get(i, PROTOCOL_OFFSET);
    }

    int ports(final int i) {
        return get(i, PORTS_OFFSET);
    }

    void ports(final int i, final int value) {
        put(i, PORTS_OFFSET, value);
    }

    int tcpFlags(final int i) {
        return get(i, TCP_FLAGS_OFFSET);
    }

    void tcpFlags(final int i, final int value) {
        put(i, TCP_FLAGS_OFFSET, value);
    }

    /** Where the flow table's look-up begins. */
    int homeIndex(final int i) {
        return get(i, HOME_OFFSET);
    }

    void homeIndex(final int i, final int value) {
        put(i, HOME_OFFSET, value);
    }

    /** The home's word as it was loaded for the batch. */
    int hopWord(final int i) {
        return get(i, HOP_WORD_OFFSET);
    }

    void hopWord(final int i, final int value) {
        put(i, HOP_WORD_OFFSET, value);
    }

    long source0(final int i) {
        return getLong(i, SOURCE_OFFSET);
    }

    long source1(final int i) {
        return getLong(i, SOURCE_OFFSET + Long.BYTES);
    }

    void source(final int i, final long word0, final long word1) {
        putLong(i, SOURCE_OFFSET, word0);
        putLong(i, SOURCE_OFFSET + Long.BYTES, word1);
    }

    long destination0(final int i) {
        return getLong(i, DESTINATION_OFFSET);
    }

    long destination1(final int i) {
        return getLong(i, DESTINATION_OFFSET + Long.BYTES);
    }

    void destination(final int i, final long word0, final long word1) {
        putLong(i, DESTINATION_OFFSET, word0);
        putLong(i, DESTINATION_OFFSET + Long.BYTES, word1);
    }

    /**
     * What the flow table's look-up answered for the batch.
     *
     * @param i packet, from 0; of TCP or UDP, after processing
     * @return a {@code FlowHandle}, of the packet's direction
     */
    public long handle(final int i) {
        return getLong(i, FLOW_OFFSET);
    }

    void handle(final int i, final long value) {
        putLong(i, FLOW_OFFSET, value);
    }

    /** What both addresses add to a checksum. */
    long addressSum(final int i) {
        return Checksum.ofLong(source0(i))
                + Checksum.ofLong(source1(i))
                + Checksum.ofLong(destination0(i))
                + Checksum.ofLong(destination1(i));
    }

    private int get(final int i, final int field) {
        return records.getInt(record(i) + field);
    }

    private void put(final int i, final int field, final int value) {
        records.putInt(record(i) + field, value);
    }

    private long getLong(final int i, final int field) {
        return records.getLong(record(i) + field);
    }

    private void putLong(final int i, final int field, final long value) {
        records.putLong(record(i) + field, value);
    }

    private static long record(final int i) {
        return (long) i << RECORD_SHIFT;
    }
}
