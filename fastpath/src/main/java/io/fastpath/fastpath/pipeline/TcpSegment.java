package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** TCP headers that the balancer writes itself, and numbers that it replaces. Pure functions on frames. */
final class TcpSegment {
    /** Bytes of a header with an MSS, the one option that is ever written. */
    static final int SYN_LENGTH = Tcp.HEADER_LENGTH + Tcp.OPTION_MSS_LENGTH;

    private static final int WORDS_SHIFT = 2; // the header's length in words of four bytes stands in the upper half

    private TcpSegment() {}

    /** Writes all of a header but ports, window and checksum; the MSS where the header has room for it. */
    static void write(
            final SharedMemory frames,
            final long tcp,
            final int sequence,
            final int acknowledgment,
            final int headerLength,
            final int flags,
            final int mss) {
        frames.putInt(tcp + Tcp.SEQUENCE_OFFSET, Integer.reverseBytes(sequence));
        frames.putInt(tcp + Tcp.ACKNOWLEDGED_OFFSET, Integer.reverseBytes(acknowledgment));
        frames.putByte(tcp + Tcp.DATA_OFFSET_OFFSET, (byte) (headerLength << WORDS_SHIFT));
        frames.putByte(tcp + Tcp.FLAGS_OFFSET, (byte) flags);
        frames.putShort(tcp + Tcp.URGENT_OFFSET, (short) 0);
        if (headerLength == SYN_LENGTH) {
            frames.putInt(
                    tcp + Tcp.HEADER_LENGTH,
                    Integer.reverseBytes(Tcp.OPTION_MSS << 24 | Tcp.OPTION_MSS_LENGTH << 16 | mss));
        }
    }

    /** Writes the checksum of a segment from the packet's source to its destination, or back. */
    static void seal(
            final SharedMemory frames, final PacketBatch batch, final int i, final long tcp, final int length) {
        frames.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) 0);
        final long sum = batch.addressSum(i)
                + Checksum.ofPseudoHeader(IpProtocol.TCP, length)
                + Checksum.sum(frames, tcp, length);
        frames.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) Checksum.finish(sum));
    }

    /** Replaces a sequence number or an acknowledgment, and carries the checksum on. */
    static void renumber(final SharedMemory frames, final long tcp, final int offset, final int number) {
        final int old = frames.getInt(tcp + offset);
        final int update = Integer.reverseBytes(number);
        final int checksum = frames.getShort(tcp + Tcp.CHECKSUM_OFFSET);
        frames.putInt(tcp + offset, update);
        frames.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) Checksum.update(checksum, Checksum.replaceInt(old, update)));
    }

    /** The sequence number of a packet's segment. */
    static int sequence(final SharedMemory frames, final long tcp) {
        return Integer.reverseBytes(frames.getInt(tcp + Tcp.SEQUENCE_OFFSET));
    }

    /** What a packet's segment acknowledges. */
    static int acknowledgment(final SharedMemory frames, final long tcp) {
        return Integer.reverseBytes(frames.getInt(tcp + Tcp.ACKNOWLEDGED_OFFSET));
    }
}
