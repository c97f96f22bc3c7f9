package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * TCP, UDP and ICMP from the transport offset on, the length being what IP says is there. Each answers the kind that it
 * was given, or a drop code.
 */
final class TransportParser {
    private static final int U8_MASK = 0xff;

    private TransportParser() {}

    /** Header length and ports (RFC 9293, 3.1). Flags are judged with the connection's state. */
    static int parseTcp(
            final SharedMemory frames, final PacketBatch batch, final int i, final int length, final int kind) {
        if (length < Tcp.HEADER_LENGTH) {
            return Verdict.DROP_IP_LENGTH;
        }
        final long transport = batch.transportOffset(i);
        final int headerLength = (frames.getByte(transport + Tcp.DATA_OFFSET_OFFSET) & U8_MASK) >>> 4 << 2;
        if (headerLength < Tcp.HEADER_LENGTH || headerLength > length) {
            return Verdict.DROP_TCP_HEADER;
        }
        batch.ports(i, frames.getInt(transport + Tcp.PORTS_OFFSET));
        batch.tcpFlags(i, frames.getByte(transport + Tcp.FLAGS_OFFSET) & U8_MASK);
        return kind;
    }

    /** Length and ports (RFC 768). Bytes after the datagram but within the IP packet are carried along; a
     * first fragment says how long the whole datagram is. */
    static int parseUdp(
            final SharedMemory frames, final PacketBatch batch, final int i, final int length, final int kind) {
        if (length < Udp.HEADER_LENGTH) {
            return Verdict.DROP_IP_LENGTH;
        }
        final long transport = batch.transportOffset(i);
        final int udpLength = NetworkOrder.swap16(frames.getShort(transport + Udp.LENGTH_OFFSET));
        if (udpLength < Udp.HEADER_LENGTH || udpLength > length && !FragmentWord.isFragment(batch.fragment(i))) {
            return Verdict.DROP_UDP_LENGTH;
        }
        batch.ports(i, frames.getInt(transport + Udp.PORTS_OFFSET));
        return kind;
    }

    /** There must be a whole header; what it says is the responder's business. */
    static int parseIcmp(final int length, final int kind) {
        return length < Icmp.HEADER_LENGTH ? Verdict.DROP_IP_LENGTH : kind;
    }
}
