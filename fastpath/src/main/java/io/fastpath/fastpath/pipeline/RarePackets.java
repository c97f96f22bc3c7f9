package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FragmentTable;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Whose a frame is that has no ports at the usual place and is for no VIP, a fragment or a packet behind extension headers,
 * as the XDP program asks before it gives one to an engine. For replays; it copies the frame. C twin: {@code
 * fp_owner_of_rare}. One thread.
 */
public final class RarePackets {
    /** Longer than any frame that is replayed. */
    private static final int LENGTH_LIMIT = 4096;

    private final UnsafeBuffer buffer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(LENGTH_LIMIT, BitUtil.CACHE_LINE_LENGTH));
    private final SharedMemory frames = new SharedMemory(buffer.addressOffset(), buffer.capacity());
    private final PacketBatch batch = new PacketBatch();
    private final FlowTable flows;
    private final FragmentTable fragments;
    private final Datagrams datagrams;

    /**
     * A look-up.
     *
     * @param flows of connections
     * @param fragments of datagrams
     */
    public RarePackets(final FlowTable flows, final FragmentTable fragments) {
        this.flows = flows;
        this.fragments = fragments;
        this.datagrams = new Datagrams(fragments);
    }

    /**
     * The connection of a frame.
     *
     * @param frame from its Ethernet header on
     * @param nowNs time
     * @return its handle; {@link FlowHandle#NOT_FOUND} for all else, and for a frame that is longer than any that is
     *     replayed
     */
    public long flow(final byte[] frame, final long nowNs) {
        if (frame.length > LENGTH_LIMIT) {
            return FlowHandle.NOT_FOUND;
        }
        buffer.putBytes(0, frame);
        batch.clear();
        batch.add(0, 0, frame.length, 0);
        final int kind = PacketParser.parse(frames, batch, 0);
        if (PacketKind.isTransport(kind)) {
            return flows.find(
                    batch.source0(0),
                    batch.source1(0),
                    batch.destination0(0),
                    batch.destination1(0),
                    batch.ports(0),
                    batch.protocol(0));
        }
        if (kind != PacketKind.FRAGMENT_IPV4 && kind != PacketKind.FRAGMENT_IPV6) {
            return FlowHandle.NOT_FOUND;
        }
        final long found = datagrams.find(batch, 0, nowNs);
        return found == FragmentTable.NOT_FOUND ? FlowHandle.NOT_FOUND : fragments.flow(found);
    }
}
