package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * IPv6: version, length, next header, addresses (RFC 8200). Mapped IPv4 addresses are refused here, before any look-up:
 * in the tables they would stand for the IPv4 ones, and on the wire they have no business (RFC 4942, 2.2).
 */
final class Ipv6Parser {
    private static final int U8_MASK = 0xff;

    private Ipv6Parser() {}

    /** Parses from the network offset to the end of the frame; answers a kind or a drop code. */
    static int parse(final SharedMemory frames, final PacketBatch batch, final int i, final long end) {
        final long network = batch.networkOffset(i);
        final long available = end - network;
        if (available < Ipv6.HEADER_LENGTH) {
            return Verdict.DROP_TRUNCATED;
        }
        if ((frames.getByte(network) & U8_MASK) >>> 4 != Ipv6.VERSION) {
            return Verdict.DROP_IP_HEADER;
        }
        final int payloadLength = NetworkOrder.swap16(frames.getShort(network + Ipv6.PAYLOAD_LENGTH_OFFSET));
        if (payloadLength > available - Ipv6.HEADER_LENGTH) {
            return Verdict.DROP_IP_LENGTH;
        }
        if (!takeAddresses(frames, batch, i, network)) {
            return Verdict.DROP_MARTIAN;
        }
        final int protocol = frames.getByte(network + Ipv6.NEXT_HEADER_OFFSET) & U8_MASK;
        batch.ip(
                i,
                network + Ipv6.HEADER_LENGTH,
                Ipv6.HEADER_LENGTH + payloadLength,
                protocol,
                frames.getByte(network + Ipv6.HOP_LIMIT_OFFSET) & U8_MASK);
        return parseTransport(frames, batch, i, protocol, payloadLength);
    }

    private static boolean takeAddresses(
            final SharedMemory frames, final PacketBatch batch, final int i, final long network) {
        final long source0 = frames.getLong(network + Ipv6.SOURCE_OFFSET);
        final long source1 = frames.getLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES);
        final long destination0 = frames.getLong(network + Ipv6.DESTINATION_OFFSET);
        final long destination1 = frames.getLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES);
        batch.source(i, source0, source1);
        batch.destination(i, destination0, destination1);
        return !AddressDescriptor.isIpv4(source0, source1) && !AddressDescriptor.isIpv4(destination0, destination1);
    }

    private static int parseTransport(
            final SharedMemory frames, final PacketBatch batch, final int i, final int protocol, final int length) {
        return switch (protocol) {
            case IpProtocol.TCP -> TransportParser.parseTcp(frames, batch, i, length, PacketKind.TRANSPORT_IPV6);
            case IpProtocol.UDP -> TransportParser.parseUdp(frames, batch, i, length, PacketKind.TRANSPORT_IPV6);
            case IpProtocol.ICMPV6 -> TransportParser.parseIcmp(length, PacketKind.ICMPV6);
            default ->
                protocol == IpProtocol.FRAGMENT || IpProtocol.isExtension(protocol)
                        ? ExtensionParser.parse(frames, batch, i)
                        : Verdict.DROP_PROTOCOL;
        };
    }
}
