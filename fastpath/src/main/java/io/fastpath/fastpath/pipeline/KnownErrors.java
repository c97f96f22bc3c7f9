package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tells ICMP errors about translated packets from others, as the XDP program does before it gives a frame that is for no
 * VIP to an engine. For replays; it copies the frame. C twin: {@code fp_is_known_error}. One thread.
 */
public final class KnownErrors {
    /** Longer than any frame that is replayed. */
    private static final int LENGTH_LIMIT = 4096;

    private final UnsafeBuffer buffer =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(LENGTH_LIMIT, BitUtil.CACHE_LINE_LENGTH));
    private final SharedMemory frames = new SharedMemory(buffer.addressOffset(), buffer.capacity());
    private final PacketBatch batch = new PacketBatch();
    private final ErrorQuote quote = new ErrorQuote(frames);
    private final FlowTable flows;

    /**
     * A look-up.
     *
     * @param flows of connections
     */
    public KnownErrors(final FlowTable flows) {
        this.flows = flows;
    }

    /**
     * Whether a frame is an error about a packet of a connection.
     *
     * @param frame from its Ethernet header on
     * @return false for all else, and for a frame that is longer than any that is replayed
     */
    public boolean contains(final byte[] frame) {
        if (frame.length > LENGTH_LIMIT) {
            return false;
        }
        buffer.putBytes(0, frame);
        batch.clear();
        batch.add(0, 0, frame.length, 0);
        final int kind = PacketParser.parse(frames, batch, 0);
        batch.kind(0, kind);
        return isError(kind)
                && quote.read(batch, 0) == 0
                && FlowHandle.isFlow(flows.find(
                        quote.source0,
                        quote.source1,
                        quote.destination0,
                        quote.destination1,
                        quote.ports,
                        quote.protocol));
    }

    private boolean isError(final int kind) {
        if (kind != PacketKind.ICMP && kind != PacketKind.ICMPV6) {
            return false;
        }
        final int type = frames.getByte(batch.transportOffset(0)) & 0xff;
        return kind == PacketKind.ICMP ? Icmp.isError(type) : Icmp.isErrorV6(type);
    }
}
