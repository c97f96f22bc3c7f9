package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FragmentTable;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Whose a frame is that has no ports at the usual place and is for no VIP, a fragment or a packet behind extension headers,
 * as the XDP program asks before it gives one to an engine. For replays; it copies the frame. C twin: {@code
 * fp_owner_of_rare}, {@code fp_pair.h}. One thread.
 */
public final class RarePackets {
    /** Longer than any frame that is replayed. */
    private static final int LENGTH_LIMIT = 4096;

    private static final int PAIR_SLOTS = 4096;
    private static final int PAIR_LIFETIME_TICKS = 57220;

    private final UnsafeBuffer buffer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(LENGTH_LIMIT, BitUtil.CACHE_LINE_LENGTH));
    private final SharedMemory frames = new SharedMemory(buffer.addressOffset(), buffer.capacity());
    private final PacketBatch batch = new PacketBatch();
    private final FlowTable flows;
    private final FragmentTable fragments;
    private final Datagrams datagrams;
    private final TupleHash hash;

    /** Of addresses between which replies go in fragments: hash and time, direct-mapped. */
    private final long[] pairs = new long[PAIR_SLOTS];

    /**
     * A look-up.
     *
     * @param flows of connections
     * @param fragments of datagrams
     * @param hash of the tables
     */
    public RarePackets(final FlowTable flows, final FragmentTable fragments, final TupleHash hash) {
        this.flows = flows;
        this.fragments = fragments;
        this.datagrams = new Datagrams(fragments);
        this.hash = hash;
    }

    /**
     * Whose a frame is.
     *
     * @param frame from its Ethernet header on
     * @param nowNs time
     * @return XDP_STEERED_SERVICE for what a client sends on a connection, XDP_STEERED_REPLY for what a backend does, and
     *     XDP_PASS_NOT_OURS for all else, and for a frame that is longer than any that is replayed
     */
    public Counter owner(final byte[] frame, final long nowNs) {
        if (frame.length > LENGTH_LIMIT) {
            return Counter.XDP_PASS_NOT_OURS;
        }
        buffer.putBytes(0, frame);
        batch.clear();
        batch.add(0, 0, frame.length, 0);
        final int kind = PacketParser.parse(frames, batch, 0);
        final boolean isLater = kind == PacketKind.FRAGMENT_IPV4 || kind == PacketKind.FRAGMENT_IPV6;
        final long datagram = isLater ? datagrams.find(batch, 0, nowNs) : FragmentTable.NOT_FOUND;
        final long handle = isLater ? flowOfDatagram(datagram) : flowOfTuple(kind);
        final int nowTicks = FlowDescriptor.ticks(nowNs);
        if (!FlowHandle.isFlow(handle)) {
            return isLater && isPairKnown(nowTicks) ? Counter.XDP_STEERED_REPLY : Counter.XDP_PASS_NOT_OURS;
        }
        if (!FlowHandle.isReverse(handle)) {
            return Counter.XDP_STEERED_SERVICE;
        }
        if (FragmentWord.isFragment(batch.fragment(0))) {
            final int hash = pairHash();
            pairs[TupleHash.slot(hash, pairs.length)] = (long) hash << Integer.SIZE | nowTicks & 0xffff_ffffL;
        }
        return Counter.XDP_STEERED_REPLY;
    }

    private long flowOfTuple(final int kind) {
        return PacketKind.isTransport(kind)
                ? flows.find(
                        batch.source0(0),
                        batch.source1(0),
                        batch.destination0(0),
                        batch.destination1(0),
                        batch.ports(0),
                        batch.protocol(0))
                : FlowHandle.NOT_FOUND;
    }

    private long flowOfDatagram(final long datagram) {
        return datagram == FragmentTable.NOT_FOUND ? FlowHandle.NOT_FOUND : fragments.flow(datagram);
    }

    private boolean isPairKnown(final int nowTicks) {
        final int hash = pairHash();
        final long seen = pairs[TupleHash.slot(hash, pairs.length)];
        return seen != 0
                && (int) (seen >>> Integer.SIZE) == hash
                && Integer.compareUnsigned(nowTicks - (int) seen, PAIR_LIFETIME_TICKS) < 0;
    }

    private int pairHash() {
        return hash.hash(batch.source0(0), batch.source1(0), batch.destination0(0), batch.destination1(0), 0, 0);
    }
}
