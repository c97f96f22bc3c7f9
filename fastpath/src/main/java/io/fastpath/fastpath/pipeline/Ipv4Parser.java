package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.PacketBatch.tupleIndex;

import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import org.agrona.concurrent.UnsafeBuffer;

/** IPv4: version, lengths, checksum, fragments, addresses (RFC 791; RFC 1812, 5.2.2). Options are carried along. */
final class Ipv4Parser {
    private static final int HEADER_WORDS_MASK = 0x0f;
    private static final int U8_MASK = 0xff;

    private Ipv4Parser() {}

    /** Parses from the network offset to the end of the frame; answers a kind or a drop code. */
    static int parse(final UnsafeBuffer frames, final PacketBatch batch, final int i, final int end) {
        final int network = batch.networkOffset[i];
        final int available = end - network;
        if (available < Ipv4.HEADER_LENGTH) {
            return Verdict.DROP_TRUNCATED;
        }
        final int first = frames.getByte(network) & U8_MASK;
        final int headerLength = (first & HEADER_WORDS_MASK) << 2;
        if (first >>> 4 != Ipv4.VERSION || headerLength < Ipv4.HEADER_LENGTH) {
            return Verdict.DROP_IP_HEADER;
        }
        final int totalLength = NetworkOrder.swap16(frames.getShort(network + Ipv4.TOTAL_LENGTH_OFFSET));
        if (totalLength < headerLength || totalLength > available) {
            return Verdict.DROP_IP_LENGTH;
        }
        if (!isChecksumCorrect(frames, network, headerLength)) {
            return Verdict.DROP_IP_CHECKSUM;
        }
        if ((frames.getShort(network + Ipv4.FRAGMENT_OFFSET) & Ipv4.FRAGMENT_MASK_BE) != 0) {
            return Verdict.DROP_FRAGMENT;
        }
        batch.ipLength[i] = totalLength;
        batch.transportOffset[i] = network + headerLength;
        takeAddresses(frames, batch, i, network);
        final int protocol = frames.getByte(network + Ipv4.PROTOCOL_OFFSET) & U8_MASK;
        batch.protocol[i] = protocol;
        return parseTransport(frames, batch, i, protocol, totalLength - headerLength);
    }

    private static boolean isChecksumCorrect(final UnsafeBuffer frames, final int network, final int headerLength) {
        final long sum = Checksum.ofLong(frames.getLong(network))
                + Checksum.ofLong(frames.getLong(network + Long.BYTES))
                + Checksum.ofInt(frames.getInt(network + 2 * Long.BYTES));
        final int optionsLength = headerLength - Ipv4.HEADER_LENGTH;
        return Checksum.fold(
                        optionsLength == 0
                                ? sum
                                : sum + Checksum.sum(frames, network + Ipv4.HEADER_LENGTH, optionsLength))
                == Checksum.CORRECT;
    }

    private static void takeAddresses(
            final UnsafeBuffer frames, final PacketBatch batch, final int i, final int network) {
        final int t = tupleIndex(i);
        batch.tuple[t] = 0;
        batch.tuple[t + 1] = AddressDescriptor.ipv4Word1(frames.getInt(network + Ipv4.SOURCE_OFFSET));
        batch.tuple[t + 2] = 0;
        batch.tuple[t + 3] = AddressDescriptor.ipv4Word1(frames.getInt(network + Ipv4.DESTINATION_OFFSET));
    }

    private static int parseTransport(
            final UnsafeBuffer frames, final PacketBatch batch, final int i, final int protocol, final int length) {
        return switch (protocol) {
            case IpProtocol.TCP -> TransportParser.parseTcp(frames, batch, i, length);
            case IpProtocol.UDP -> TransportParser.parseUdp(frames, batch, i, length);
            case IpProtocol.ICMP -> TransportParser.parseIcmp(length, PacketKind.ICMP);
            default -> Verdict.DROP_PROTOCOL;
        };
    }
}
