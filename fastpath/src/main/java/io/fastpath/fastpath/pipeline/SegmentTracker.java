package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.TrackVerdict;
import io.fastpath.conntrack.tcp.SegmentNumbers;
import io.fastpath.conntrack.tcp.TcpCheck;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Tells connections of their packets; those whose sequence numbers are noted judge a TCP segment by them first. For all
 * others that is one test of a bit in the control word at hand. One thread.
 */
final class SegmentTracker {
    private static final int U8_MASK = 0xff;

    private final SharedMemory frames;
    private final FlowTable flows;
    private final FlowCounters counters;
    private final TcpCheck check;
    private final SegmentNumbers segment = new SegmentNumbers();

    SegmentTracker(final PipelineContext context) {
        this.frames = context.frames();
        this.flows = context.flowTable();
        this.counters = context.flowCounters();
        this.check = context.tcpCheck();
    }

    /** A code of {@link TrackVerdict}. */
    int track(final PacketBatch batch, final int i, final long handle, final long nowNs) {
        if (FlowHandle.isChecked(handle)) {
            final int judgement = judge(batch, i, handle);
            if (judgement != TcpCheck.BELIEVED) {
                return judgement == TcpCheck.PASSED ? TrackVerdict.ACCEPTED : TrackVerdict.OUTSIDE;
            }
        }
        return flows.track(handle, batch.tcpFlags(i), FlowDescriptor.ticks(nowNs));
    }

    /** Notes the numbers of the segment that entered a connection. */
    void begin(final PacketBatch batch, final int i, final long handle) {
        if (FlowHandle.isChecked(handle)) {
            read(batch, i);
            check.begin(flows.forwardIndex(handle), segment);
        }
    }

    private int judge(final PacketBatch batch, final int i, final long handle) {
        final int flags = batch.tcpFlags(i);
        if (TcpFlags.classOf(flags) == TcpFlags.CLASS_INVALID) {
            return TcpCheck.BELIEVED;
        }
        read(batch, i);
        final int judgement = check.judge(
                flows.forwardIndex(handle), FlowHandle.state(handle), FlowHandle.isReverse(handle), segment);
        if (judgement == TcpCheck.BELIEVED || judgement == TcpCheck.OUTSIDE && FlowHandle.isStrict(handle)) {
            return judgement;
        }
        if (judgement == TcpCheck.OUTSIDE && TcpFlags.isPlainAck(flags)) {
            return TcpCheck.BELIEVED;
        }
        counters.disbelieved();
        return TcpCheck.PASSED;
    }

    /** The parser has seen that the header is there, options included. */
    private void read(final PacketBatch batch, final int i) {
        final long transport = batch.transportOffset(i);
        final int flags = batch.tcpFlags(i);
        final int headerLength = (frames.getByte(transport + Tcp.DATA_OFFSET_OFFSET) & U8_MASK) >>> 4 << 2;
        final int length = batch.ipLength(i) - (int) (transport - batch.networkOffset(i)) - headerLength;
        segment.flags = flags;
        segment.begin = Integer.reverseBytes(frames.getInt(transport + Tcp.SEQUENCE_OFFSET));
        segment.ack = Integer.reverseBytes(frames.getInt(transport + Tcp.ACKNOWLEDGED_OFFSET));
        segment.window = NetworkOrder.swap16(frames.getShort(transport + Tcp.WINDOW_OFFSET));
        segment.end =
                segment.begin + length + ((flags & TcpFlags.SYN) == 0 ? 0 : 1) + ((flags & TcpFlags.FIN) == 0 ? 0 : 1);
        segment.isFragment = batch.fragment(i) != 0;
        segment.scale = -1;
        segment.isStamped = false;
        if ((flags & TcpFlags.SYN) != 0) {
            readOptions(transport + Tcp.HEADER_LENGTH, headerLength - Tcp.HEADER_LENGTH);
        }
    }

    /**
     * Walks the options of a SYN. What is malformed ends it, and what was found before holds, as with an endpoint. An option
     * that begins in the last two bytes of the header is none of those.
     */
    private void readOptions(final long options, final int length) {
        int position = 0;
        for (int i = 0; i < Tcp.OPTIONS_WALKED && position + 2 < length; i++) {
            final int kind = frames.getByte(options + position) & U8_MASK;
            final int size = frames.getByte(options + position + 1) & U8_MASK;
            if (kind == Tcp.OPTION_NOTHING) {
                position++;
                continue;
            }
            if (kind == Tcp.OPTION_END || size < 2 || position + size > length) {
                return;
            }
            if (kind == Tcp.OPTION_STAMP) {
                segment.isStamped = true;
            } else if (kind == Tcp.OPTION_SCALE && size == 3) {
                segment.scale = Math.min(Tcp.SCALE_LIMIT, frames.getByte(options + position + 2) & U8_MASK);
            }
            position += size;
        }
    }
}
