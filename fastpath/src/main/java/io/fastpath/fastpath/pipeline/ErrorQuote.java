package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The packet that an ICMP error quotes: its IP header, and at least eight bytes of what follows (RFC 792; RFC 1122,
 * 3.2.2; RFC 4443, 2.4), which is enough for both ports.
 *
 * <p>The quoted packet was sent by the one who gets the error. Its tuple is kept turned round: so it is the tuple of a
 * packet that travels as the error does, and belongs to the same direction of the connection. One thread.
 */
final class ErrorQuote {
    /** What of the quoted packet must be there after its IP header. */
    private static final int TRANSPORT_LENGTH_MIN = 8;

    private static final int IPV4_FRAGMENT_OFFSET_BE = 0xff1f;
    private static final int IPV6_FRAGMENT_OFFSET_BE = 0xf8ff;
    private static final int IPV6_FRAGMENT_HEADER_LENGTH = 8;
    private static final int U8_MASK = 0xff;

    /** Turned round, as are the ports. */
    long source0;

    long source1;
    long destination0;
    long destination1;
    int ports;
    int protocol;

    /** Where the quoted IP header begins. */
    long network;

    /** Where what follows it begins. */
    long transport;

    /** Bytes that are quoted from there on. */
    int transportLength;

    private final SharedMemory frames;

    ErrorQuote(final SharedMemory frames) {
        this.frames = frames;
    }

    /** Reads the quote of a packet that is an error: 0, or a drop code. */
    int read(final PacketBatch batch, final int i) {
        network = batch.transportOffset(i) + Icmp.HEADER_LENGTH;
        final int length = batch.transportLength(i) - Icmp.HEADER_LENGTH;
        final int refusal = batch.kind(i) == PacketKind.ICMP ? readIpv4(length) : readIpv6(length);
        if (refusal != 0) {
            return refusal;
        }
        if (protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
            return Verdict.DROP_ICMP_UNKNOWN;
        }
        ports = Integer.rotateLeft(frames.getInt(transport), Short.SIZE);
        return destination0 == batch.destination0(i) && destination1 == batch.destination1(i)
                ? 0
                : Verdict.DROP_ICMP_UNKNOWN;
    }

    /** Of a fragmented packet, only the first piece has ports. */
    private int readIpv4(final int length) {
        if (length < Ipv4.HEADER_LENGTH) {
            return Verdict.DROP_ICMP_QUOTE;
        }
        final int first = frames.getByte(network) & U8_MASK;
        final int headerLength = (first & 0x0f) << 2;
        if (first >>> 4 != Ipv4.VERSION
                || headerLength < Ipv4.HEADER_LENGTH
                || length < headerLength + TRANSPORT_LENGTH_MIN
                || (frames.getShort(network + Ipv4.FRAGMENT_OFFSET) & IPV4_FRAGMENT_OFFSET_BE) != 0) {
            return Verdict.DROP_ICMP_QUOTE;
        }
        transport = network + headerLength;
        transportLength = length - headerLength;
        protocol = frames.getByte(network + Ipv4.PROTOCOL_OFFSET) & U8_MASK;
        source0 = 0;
        source1 = AddressDescriptor.ipv4Word1(frames.getInt(network + Ipv4.DESTINATION_OFFSET));
        destination0 = 0;
        destination1 = AddressDescriptor.ipv4Word1(frames.getInt(network + Ipv4.SOURCE_OFFSET));
        return protocol == IpProtocol.ICMP ? Verdict.DROP_ICMP_NESTED : 0;
    }

    /** The one extension header that is looked behind is that of a first fragment (RFC 8200, 4.5). */
    private int readIpv6(final int length) {
        if (length < Ipv6.HEADER_LENGTH + TRANSPORT_LENGTH_MIN
                || (frames.getByte(network) & U8_MASK) >>> 4 != Ipv6.VERSION) {
            return Verdict.DROP_ICMP_QUOTE;
        }
        source0 = frames.getLong(network + Ipv6.DESTINATION_OFFSET);
        source1 = frames.getLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES);
        destination0 = frames.getLong(network + Ipv6.SOURCE_OFFSET);
        destination1 = frames.getLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES);
        if (AddressDescriptor.isIpv4(source0, source1) || AddressDescriptor.isIpv4(destination0, destination1)) {
            return Verdict.DROP_ICMP_QUOTE;
        }
        int headerLength = Ipv6.HEADER_LENGTH;
        protocol = frames.getByte(network + Ipv6.NEXT_HEADER_OFFSET) & U8_MASK;
        if (protocol == IpProtocol.FRAGMENT) {
            final long fragment = network + headerLength;
            headerLength += IPV6_FRAGMENT_HEADER_LENGTH;
            if (length < headerLength + TRANSPORT_LENGTH_MIN
                    || (frames.getShort(fragment + Short.BYTES) & IPV6_FRAGMENT_OFFSET_BE) != 0) {
                return Verdict.DROP_ICMP_QUOTE;
            }
            protocol = frames.getByte(fragment) & U8_MASK;
        }
        transport = network + headerLength;
        transportLength = length - headerLength;
        return protocol == IpProtocol.ICMPV6 ? Verdict.DROP_ICMP_NESTED : 0;
    }
}
