package io.fastpath.fastpath.pipeline;

import io.fastpath.kernelbpf.layout.Counter;

/**
 * A batch of packets on their way through a {@link Pipeline}: one column per property, so that a pass over the batch
 * touches what it needs. The worker fills the first columns, the pipeline the others, and the worker reads the result.
 * One thread; reused forever.
 *
 * <pre>
 *   frameOffset            packetOffset               packetOffset + length
 *  |  headroom            |  Ethernet, tags, IP ...  |  rest of the frame   |    offsets into the worker's UMEM
 * </pre>
 */
public final class PacketBatch {
    /** Packets in a full batch: enough for cache misses to overlap, few enough to stay in the first-level cache. */
    public static final int CAPACITY = 64;

    /** Egress slot of a packet that goes nowhere. */
    public static final int NONE = -1;

    /** Words of a tuple: source and destination address, two each. */
    static final int TUPLE_WORDS = 4;

    private int count;

    // Set by the worker; packetOffset and length are changed by whoever rewrites the packet.
    final int[] frameOffset = new int[CAPACITY];
    final int[] packetOffset = new int[CAPACITY];
    final int[] length = new int[CAPACITY];
    final int[] ingressSlot = new int[CAPACITY];

    // Set by the parser, for packets that it does not drop.
    final int[] kind = new int[CAPACITY];
    final int[] networkOffset = new int[CAPACITY];
    final int[] transportOffset = new int[CAPACITY];
    final int[] ipLength = new int[CAPACITY];
    final int[] protocol = new int[CAPACITY];
    final int[] tcpFlags = new int[CAPACITY];
    final int[] ports = new int[CAPACITY];
    final int[] hash = new int[CAPACITY];
    final long[] tuple = new long[CAPACITY * TUPLE_WORDS];

    // The result.
    final int[] verdict = new int[CAPACITY];
    final int[] egressSlot = new int[CAPACITY];
    final int[] backendIndex = new int[CAPACITY];

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
        final int i = count++;
        this.frameOffset[i] = frameOffset;
        this.packetOffset[i] = packetOffset;
        this.length[i] = length;
        this.ingressSlot[i] = ingressSlot;
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
        return frameOffset[i];
    }

    /**
     * Where a packet begins, after processing: where what is to be sent begins.
     *
     * @param i packet, from 0
     * @return offset in the UMEM
     */
    public int packetOffset(final int i) {
        return packetOffset[i];
    }

    /**
     * Bytes of a packet, after processing: of what is to be sent.
     *
     * @param i packet, from 0
     * @return bytes
     */
    public int length(final int i) {
        return length[i];
    }

    /**
     * Where a packet came in.
     *
     * @param i packet, from 0
     * @return the interface's slot
     */
    public int ingressSlot(final int i) {
        return ingressSlot[i];
    }

    /**
     * Where a packet shall go out.
     *
     * @param i packet, from 0
     * @return the interface's slot, or {@link #NONE}: the frame is free
     */
    public int egressSlot(final int i) {
        return egressSlot[i];
    }

    /**
     * How a packet ended.
     *
     * @param i packet, from 0
     * @return code of a {@link Counter}
     */
    public int verdict(final int i) {
        return verdict[i];
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
        verdict[i] = verdictCode;
        egressSlot[i] = egress;
    }

    /** First index of a packet's tuple. */
    static int tupleIndex(final int i) {
        return i * TUPLE_WORDS;
    }
}
