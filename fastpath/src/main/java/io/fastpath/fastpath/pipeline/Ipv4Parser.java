package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * IPv4: version, lengths, checksum, fragments, addresses (RFC 791; RFC 1812, 5.2.2). The header is read in
 * two words of eight bytes and one of four. Options are carried along.
 */
final class Ipv4Parser {
    /** The header's length in words stands in the low half of the first byte; times four it is bytes. */
    private static final int HEADER_LENGTH_MASK = 0x0f << 2;

    private static final int VERSION_MASK = 0xf0;

    /** In the second word of eight bytes. */
    private static final int PROTOCOL_SHIFT = (Ipv4.PROTOCOL_OFFSET - Long.BYTES) * Byte.SIZE;

    private static final int SOURCE_SHIFT = (Ipv4.SOURCE_OFFSET - Long.BYTES) * Byte.SIZE;
    private static final int U8_MASK = 0xff;
    private static final int U16_MASK = 0xffff;

    private Ipv4Parser() {}

    /** Parses from the network offset to the end of the frame; answers a kind or a drop code. */
    static int parse(final SharedMemory frames, final PacketBatch batch, final int i, final long end) {
        final long network = batch.networkOffset(i);
        final long available = end - network;
        if (available < Ipv4.HEADER_LENGTH) {
            return Verdict.DROP_TRUNCATED;
        }
        final long word0 = frames.getLong(network);
        final int headerLength = (int) word0 << 2 & HEADER_LENGTH_MASK;
        if (((int) word0 & VERSION_MASK) != Ipv4.VERSION << 4 || headerLength < Ipv4.HEADER_LENGTH) {
            return Verdict.DROP_IP_HEADER;
        }
        final int totalLength = NetworkOrder.swap16((int) (word0 >>> Ipv4.TOTAL_LENGTH_OFFSET * Byte.SIZE));
        if (totalLength < headerLength || totalLength > available) {
            return Verdict.DROP_IP_LENGTH;
        }
        final long word1 = frames.getLong(network + Long.BYTES);
        final int destination = frames.getInt(network + Ipv4.DESTINATION_OFFSET);
        final long sum = Checksum.ofLong(word0) + Checksum.ofLong(word1) + Checksum.ofInt(destination);
        if (Checksum.fold(withOptions(sum, frames, network, headerLength)) != Checksum.CORRECT) {
            return Verdict.DROP_IP_CHECKSUM;
        }
        final int protocol = (int) word1 >>> PROTOCOL_SHIFT & U8_MASK;
        batch.ip(i, network + headerLength, totalLength, protocol, (int) word1 & U8_MASK);
        batch.source(i, 0, AddressDescriptor.ipv4Word1((int) (word1 >>> SOURCE_SHIFT)));
        batch.destination(i, 0, AddressDescriptor.ipv4Word1(destination));
        final int flags = (int) (word0 >>> Ipv4.FRAGMENT_OFFSET * Byte.SIZE);
        if ((flags & Ipv4.FRAGMENT_MASK_BE) != 0) {
            final int identification = (int) (word0 >>> Ipv4.IDENTIFICATION_OFFSET * Byte.SIZE) & U16_MASK;
            final int kind = FragmentParser.parseIpv4(batch, i, flags, identification, headerLength);
            if (kind != FragmentParser.FIRST) {
                return kind;
            }
        }
        return parseTransport(frames, batch, i, protocol, totalLength - headerLength);
    }

    private static long withOptions(
            final long sum, final SharedMemory frames, final long network, final int headerLength) {
        return headerLength == Ipv4.HEADER_LENGTH
                ? sum
                : sum + Checksum.sum(frames, network + Ipv4.HEADER_LENGTH, headerLength - Ipv4.HEADER_LENGTH);
    }

    private static int parseTransport(
            final SharedMemory frames, final PacketBatch batch, final int i, final int protocol, final int length) {
        return switch (protocol) {
            case IpProtocol.TCP -> TransportParser.parseTcp(frames, batch, i, length, PacketKind.TRANSPORT_IPV4);
            case IpProtocol.UDP -> TransportParser.parseUdp(frames, batch, i, length, PacketKind.TRANSPORT_IPV4);
            case IpProtocol.ICMP -> TransportParser.parseIcmp(length, PacketKind.ICMP);
            default -> Verdict.DROP_PROTOCOL;
        };
    }
}
