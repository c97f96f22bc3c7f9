package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The answer to a TCP segment of no known connection, where its service wants one: a reset in the segment's own frame,
 * with the sequence number that the client waits for (RFC 9293, 3.10.7.1), so that it takes it at once (RFC 5961, 3.2).
 * Only segments with ACK are answered: of those without, a SYN opens a connection and a reset is never answered. The answer
 * is never longer than the segment, and so is no amplifier. One thread.
 */
final class ResetResponder {
    private static final int TTL = 64;

    /** As they stand in memory: version 4 and header length, version 6, DF, data offset 5 with RST. */
    private static final short VERSION_IPV4 = 0x0045;

    private static final int VERSION_IPV6 = 0x60;
    private static final short DF = 0x0040;
    private static final short LENGTH_IPV4_BE = Short.reverseBytes((short) (Ipv4.HEADER_LENGTH + Tcp.HEADER_LENGTH));
    private static final short LENGTH_IPV6_BE = Short.reverseBytes((short) Tcp.HEADER_LENGTH);
    private static final int FLAGS_AND_WINDOW = 0x0000_0450;

    private final SharedMemory frames;
    private final InterfaceTable interfaces;

    ResetResponder(final SharedMemory frames, final InterfaceTable interfaces) {
        this.frames = frames;
        this.interfaces = interfaces;
    }

    /** Ends a segment of no known connection. */
    void end(final PacketBatch batch, final int i) {
        final int verdict = answer(batch, i);
        batch.end(i, verdict, verdict == Verdict.ANSWERED_RESET ? batch.ingressSlot(i) : PacketBatch.NONE);
    }

    private int answer(final PacketBatch batch, final int i) {
        final boolean isAnswered = (batch.tcpFlags(i) & (TcpFlags.ACK | TcpFlags.RST)) == TcpFlags.ACK;
        if (!isAnswered || !LinkHeader.turn(frames, batch, i, interfaces)) {
            return Verdict.DROP_NO_FLOW;
        }
        final long network = batch.networkOffset(i);
        final int sequence = frames.getInt(batch.transportOffset(i) + Tcp.ACKNOWLEDGED_OFFSET);
        final int headerLength =
                FlowForwarder.isIpv4(batch, i) ? writeIpv4(batch, i, network) : writeIpv6(batch, i, network);
        writeTcp(batch, i, network + headerLength, sequence);
        batch.outgoing(i, batch.packetOffset(i), network - batch.packetOffset(i) + headerLength + Tcp.HEADER_LENGTH);
        return Verdict.ANSWERED_RESET;
    }

    private int writeIpv4(final PacketBatch batch, final int i, final long network) {
        frames.putShort(network + Ipv4.VERSION_OFFSET, VERSION_IPV4);
        frames.putShort(network + Ipv4.TOTAL_LENGTH_OFFSET, LENGTH_IPV4_BE);
        frames.putShort(network + Ipv4.FRAGMENT_OFFSET - Short.BYTES, (short) 0);
        frames.putShort(network + Ipv4.FRAGMENT_OFFSET, DF);
        frames.putByte(network + Ipv4.TTL_OFFSET, (byte) TTL);
        frames.putByte(network + Ipv4.PROTOCOL_OFFSET, (byte) IpProtocol.TCP);
        frames.putShort(network + Ipv4.CHECKSUM_OFFSET, (short) 0);
        frames.putInt(network + Ipv4.SOURCE_OFFSET, (int) (batch.destination1(i) >>> Integer.SIZE));
        frames.putInt(network + Ipv4.DESTINATION_OFFSET, (int) (batch.source1(i) >>> Integer.SIZE));
        frames.putShort(network + Ipv4.CHECKSUM_OFFSET, (short)
                Checksum.finish(Checksum.sum(frames, network, Ipv4.HEADER_LENGTH)));
        return Ipv4.HEADER_LENGTH;
    }

    private int writeIpv6(final PacketBatch batch, final int i, final long network) {
        frames.putInt(network + Ipv6.VERSION_OFFSET, VERSION_IPV6);
        frames.putShort(network + Ipv6.PAYLOAD_LENGTH_OFFSET, LENGTH_IPV6_BE);
        frames.putByte(network + Ipv6.NEXT_HEADER_OFFSET, (byte) IpProtocol.TCP);
        frames.putByte(network + Ipv6.HOP_LIMIT_OFFSET, (byte) TTL);
        frames.putLong(network + Ipv6.SOURCE_OFFSET, batch.destination0(i));
        frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, batch.destination1(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, batch.source0(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, batch.source1(i));
        return Ipv6.HEADER_LENGTH;
    }

    private void writeTcp(final PacketBatch batch, final int i, final long tcp, final int sequence) {
        frames.putInt(tcp + Tcp.PORTS_OFFSET, Integer.rotateLeft(batch.ports(i), Short.SIZE));
        frames.putInt(tcp + Tcp.SEQUENCE_OFFSET, sequence);
        frames.putInt(tcp + Tcp.ACKNOWLEDGED_OFFSET, 0);
        frames.putInt(tcp + Tcp.DATA_OFFSET_OFFSET, FLAGS_AND_WINDOW);
        frames.putInt(tcp + Tcp.CHECKSUM_OFFSET, 0);
        final long sum = Checksum.sum(frames, tcp, Tcp.HEADER_LENGTH)
                + batch.addressSum(i)
                + Checksum.ofPseudoHeader(IpProtocol.TCP, Tcp.HEADER_LENGTH);
        frames.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) Checksum.finish(sum));
    }
}
