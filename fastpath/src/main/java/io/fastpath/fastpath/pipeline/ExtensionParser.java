package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * IPv6's extension headers, up to the transport header. They are walked, never changed.
 *
 * <p>Refused are headers that cover the addresses or hide what follows (AH, ESP), those that this engine doesn't know, a
 * routing header with a way still to go or of type 0 (RFC 5095), and ICMPv6 behind any header: nobody asks for
 * neighbours like that (RFC 6980), and echoes would have to be turned with all of it.
 *
 * <pre>
 *   0    1    2    3    4        8
 *  +----+----+----+----+--------+
 *  |next|len |type|left|        |   of any header; type and segments left of a routing header
 *  +----+----+----+----+--------+
 *  |next|0   |offset,M | id     |   of a fragment header
 *  +----+----+----+----+--------+
 * </pre>
 */
final class ExtensionParser {
    /** One each of those that are walked (RFC 8200, 4.1). */
    private static final int COUNT_LIMIT = 4;

    /** Bytes of all: what the kernel engine can reach behind. */
    private static final int LENGTH_LIMIT = 128;

    private static final int UNIT = 8;
    private static final int U8_MASK = 0xff;
    private static final int OFFSET_MASK = 0xfff8;
    private static final int MORE = 1;
    private static final int GO_ON = 0;

    private ExtensionParser() {}

    /** Parses from the transport offset, where the first header is: a kind or a drop code. */
    static int parse(final SharedMemory frames, final PacketBatch batch, final int i) {
        final long first = batch.networkOffset(i) + Ipv6.HEADER_LENGTH;
        for (int count = 0; count <= COUNT_LIMIT; count++) {
            final int length = batch.transportLength(i);
            final int protocol = batch.protocol(i);
            if (batch.transportOffset(i) - first > LENGTH_LIMIT) {
                return Verdict.DROP_EXTENSION_HEADER;
            }
            if (protocol == IpProtocol.TCP) {
                return TransportParser.parseTcp(frames, batch, i, length, PacketKind.TRANSPORT_IPV6);
            }
            if (protocol == IpProtocol.UDP) {
                return TransportParser.parseUdp(frames, batch, i, length, PacketKind.TRANSPORT_IPV6);
            }
            if (count == COUNT_LIMIT) {
                break;
            }
            if (length < UNIT) {
                return Verdict.DROP_IP_LENGTH;
            }
            final int answer = protocol == IpProtocol.FRAGMENT
                    ? fragment(frames, batch, i, length, (int) (batch.transportOffset(i) - first))
                    : header(frames, batch, i, length, count == 0);
            if (answer != GO_ON) {
                return answer;
            }
        }
        return Verdict.DROP_EXTENSION_HEADER;
    }

    private static int fragment(
            final SharedMemory frames, final PacketBatch batch, final int i, final int length, final int before) {
        if (FragmentWord.isFragment(batch.fragment(i))) {
            return Verdict.DROP_EXTENSION_HEADER;
        }
        final long header = batch.transportOffset(i);
        final int protocol = frames.getByte(header) & U8_MASK;
        final int word = NetworkOrder.swap16(frames.getShort(header + Short.BYTES));
        final int offset = word & OFFSET_MASK;
        final boolean isLast = (word & MORE) == 0;
        batch.transport(i, header + UNIT, protocol);
        if (offset == 0 && isLast) {
            return GO_ON; // alone: a whole packet (RFC 6946)
        }
        if (FragmentParser.isRefused(protocol, offset, length - UNIT, isLast, before)) {
            return Verdict.DROP_FRAGMENT;
        }
        batch.fragment(
                i,
                FragmentWord.of(offset, length - UNIT, isLast),
                frames.getInt(header + Integer.BYTES),
                IpProtocol.FRAGMENT);
        return offset == 0 ? GO_ON : PacketKind.FRAGMENT_IPV6;
    }

    private static int header(
            final SharedMemory frames, final PacketBatch batch, final int i, final int length, final boolean isFirst) {
        final long header = batch.transportOffset(i);
        final int protocol = batch.protocol(i);
        final boolean isWalked = switch (protocol) {
            case IpProtocol.HOP_BY_HOP -> isFirst;
            case IpProtocol.ROUTING -> frames.getByte(header + 2) != 0 && frames.getByte(header + 3) == 0;
            case IpProtocol.DESTINATION_OPTIONS -> true;
            default -> false;
        };
        if (!isWalked) {
            return IpProtocol.isExtension(protocol)
                            || protocol == IpProtocol.ENCAPSULATED
                            || protocol == IpProtocol.ICMPV6
                    ? Verdict.DROP_EXTENSION_HEADER
                    : Verdict.DROP_PROTOCOL;
        }
        final int headerLength = (frames.getByte(header + 1) & U8_MASK) * UNIT + UNIT;
        if (headerLength > length) {
            return Verdict.DROP_IP_LENGTH;
        }
        batch.transport(i, header + headerLength, frames.getByte(header) & U8_MASK);
        return GO_ON;
    }
}
