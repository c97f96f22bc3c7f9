package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.NEIGHBOUR_LENGTH;

import org.agrona.DirectBuffer;

/**
 * Decodes RTM_NEWNEIGH and RTM_DELNEIGH; answers null for bridge forwarding entries and for addresses that this node
 * only answers for by proxy. Source: {@code linux/neighbour.h}.
 *
 * <pre>
 *   0        1     4         8       10      11     12
 *  +--------+-----+---------+-------+-------+------+------------+
 *  | family | pad | ifindex | state | flags | type | attributes |
 *  +--------+-----+---------+-------+-------+------+------------+
 * </pre>
 */
final class NeighbourDecoder {
    static final int NDA_DST = 1;
    static final int NDA_LLADDR = 2;
    static final int NTF_USE = 0x01;

    private static final int NTF_PROXY = 0x08;

    private NeighbourDecoder() {}

    /** Decode one payload. See {@link NetlinkDecoder#decode}. */
    static Neighbour decode(final DirectBuffer buffer, final int offset, final int length) {
        final AttributeCursor attributes = new AttributeCursor().wrapAfter(buffer, offset, length, NEIGHBOUR_LENGTH);
        final int family = buffer.getByte(offset) & 0xFF;
        final int flags = buffer.getByte(offset + 10) & 0xFF;
        if (!RtnetlinkDescriptor.isInternet(family) || (flags & NTF_PROXY) != 0) {
            return null;
        }
        IpAddress address = null;
        long mac = MacAddress.NONE;
        while (attributes.next()) {
            switch (attributes.type()) {
                case NDA_DST -> address = attributes.address();
                case NDA_LLADDR -> mac = attributes.mac();
                default -> {}
            }
        }
        if (address == null) {
            throw new NetlinkFormatException("neighbour without an address");
        }
        return new Neighbour(buffer.getInt(offset + 4), address, mac, buffer.getShort(offset + 8) & 0xFFFF);
    }
}
