package io.fastpath.conntrack.tcp;

import io.fastpath.kernelbpf.layout.TcpSideDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** One side of a connection's record of numbers: loads, and the stores that note a segment. Scratch of one thread. */
final class TcpSide {
    private static final int U8_MASK = 0xff;

    private final SharedMemory records;
    private long offset;

    TcpSide(final SharedMemory records) {
        this.records = records;
    }

    TcpSide at(final long sideOffset) {
        offset = sideOffset;
        return this;
    }

    int flags() {
        return records.getByte(offset + TcpSideDescriptor.FLAGS_OFFSET) & U8_MASK;
    }

    boolean has(final int flag) {
        return (flags() & flag) != 0;
    }

    int end() {
        return records.getInt(offset + TcpSideDescriptor.END_OFFSET);
    }

    int ack() {
        return records.getInt(offset + TcpSideDescriptor.ACK_OFFSET);
    }

    int grant() {
        return records.getInt(offset + TcpSideDescriptor.GRANT_OFFSET);
    }

    int window() {
        return records.getInt(offset + TcpSideDescriptor.WINDOW_OFFSET);
    }

    /** Forgets all. */
    void clear() {
        records.clear(offset, TcpSideDescriptor.LENGTH);
    }

    /** Forgets what the numbers mean. */
    void forget() {
        records.putByte(offset + TcpSideDescriptor.FLAGS_OFFSET, (byte) 0);
    }

    /** Notes a SYN's numbers: its window is never scaled (RFC 7323, 2.2). */
    void begin(final SegmentNumbers segment) {
        records.putInt(offset + TcpSideDescriptor.END_OFFSET, segment.end);
        records.putInt(offset + TcpSideDescriptor.ACK_OFFSET, segment.ack);
        records.putInt(offset + TcpSideDescriptor.GRANT_OFFSET, segment.ack + segment.window);
        records.putInt(offset + TcpSideDescriptor.WINDOW_OFFSET, segment.window);
        records.putByte(offset + TcpSideDescriptor.SCALE_OFFSET, (byte) Math.max(0, segment.scale));
        final int flags = TcpSideDescriptor.FLAG_SENT
                | TcpSideDescriptor.FLAG_SYN
                | (segment.has(TcpFlags.ACK) ? TcpSideDescriptor.FLAG_ACKED : 0)
                | (segment.scale >= 0 ? TcpSideDescriptor.FLAG_SCALES : 0);
        records.putByte(offset + TcpSideDescriptor.FLAGS_OFFSET, (byte) flags);
    }

    /** Notes the numbers of any other segment. */
    void note(final SegmentNumbers segment, final TcpSide receiver) {
        final int before = flags();
        final boolean scales = (before & receiver.flags() & TcpSideDescriptor.FLAG_SCALES) != 0;
        final int window =
                segment.window << (scales ? records.getByte(offset + TcpSideDescriptor.SCALE_OFFSET) & 15 : 0);
        int flags = before | TcpSideDescriptor.FLAG_SENT;
        if ((before & TcpSideDescriptor.FLAG_SENT) == 0 || isAfter(segment.end, end())) {
            records.putInt(offset + TcpSideDescriptor.END_OFFSET, segment.end);
        }
        if (Integer.compareUnsigned(window, window()) > 0) {
            records.putInt(offset + TcpSideDescriptor.WINDOW_OFFSET, window);
        }
        if (segment.has(TcpFlags.ACK)) {
            final boolean isFirst = (before & TcpSideDescriptor.FLAG_ACKED) == 0;
            if (isFirst || isAfter(segment.ack, ack())) {
                records.putInt(offset + TcpSideDescriptor.ACK_OFFSET, segment.ack);
            }
            if (isFirst || isAfter(segment.ack + window, grant())) {
                records.putInt(offset + TcpSideDescriptor.GRANT_OFFSET, segment.ack + window);
            }
            flags |= TcpSideDescriptor.FLAG_ACKED;
        }
        if (flags != before) {
            records.putByte(offset + TcpSideDescriptor.FLAGS_OFFSET, (byte) flags);
        }
    }

    /** In the order of sequence numbers. */
    static boolean isAfter(final int one, final int other) {
        return one - other > 0;
    }
}
