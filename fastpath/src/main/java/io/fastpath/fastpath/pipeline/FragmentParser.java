package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.layout.FragmentDescriptor;

/** What makes a packet a fragment: RFC 791, 3.2; RFC 8200, 4.5. */
final class FragmentParser {
    /** Answer for a first fragment: its transport header is to be read. */
    static final int FIRST = 0;

    private static final int IPV4_MORE = 0x2000;
    private static final int IPV4_OFFSET_MASK = 0x1fff;
    private static final int UNIT = 8;

    private FragmentParser() {}

    /** A packet with an offset or more to come: {@link #FIRST}, FRAGMENT_IPV4, or DROP_FRAGMENT. */
    static int parseIpv4(
            final PacketBatch batch, final int i, final int flagsBe, final int identification, final int headerLength) {
        final int protocol = batch.protocol(i);
        if (protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
            return Verdict.DROP_FRAGMENT;
        }
        final int flags = NetworkOrder.swap16(flagsBe);
        final int offset = (flags & IPV4_OFFSET_MASK) * UNIT;
        final int length = batch.ipLength(i) - headerLength;
        final boolean isLast = (flags & IPV4_MORE) == 0;
        if (isRefused(protocol, offset, length, isLast, headerLength)) {
            return Verdict.DROP_FRAGMENT;
        }
        batch.fragment(i, FragmentWord.of(offset, length, isLast), identification, protocol);
        return offset == 0 ? FIRST : PacketKind.FRAGMENT_IPV4;
    }

    /**
     * Empty, beyond 65,535 bytes, of a length that no next one can follow; or TCP's ports and flags in a later one (RFC
     * 3128).
     *
     * @param before bytes that count to the datagram's length and stand before the fragment
     */
    static boolean isRefused(
            final int protocol, final int offset, final int length, final boolean isLast, final int before) {
        return length <= 0
                || !isLast && length % UNIT != 0
                || before + offset + length > FragmentDescriptor.LENGTH_LIMIT
                || offset > 0 && offset < Tcp.HEADER_LENGTH && protocol == IpProtocol.TCP;
    }
}
