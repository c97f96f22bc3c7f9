package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.ADDRESS_LENGTH;

import org.agrona.DirectBuffer;

/**
 * Decodes RTM_NEWADDR and RTM_DELADDR; answers null for other families than IPv4 and IPv6. Source: {@code
 * linux/if_addr.h}.
 *
 * <pre>
 *   0        1              2       3       4         8
 *  +--------+--------------+-------+-------+---------+------------+
 *  | family | prefixLength | flags | scope | ifindex | attributes |
 *  +--------+--------------+-------+-------+---------+------------+
 * </pre>
 */
final class AddressDecoder {
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_FLAGS = 8;

    private AddressDecoder() {}

    /** Decode one payload. See {@link NetlinkDecoder#decode}. */
    static InterfaceAddress decode(final DirectBuffer buffer, final int offset, final int length) {
        final AttributeCursor attributes = new AttributeCursor().wrapAfter(buffer, offset, length, ADDRESS_LENGTH);
        final int family = buffer.getByte(offset) & 0xFF;
        if (!RtnetlinkDescriptor.isInternet(family)) {
            return null;
        }
        int flags = buffer.getByte(offset + 2) & 0xFF;
        IpAddress address = null;
        IpAddress local = null;
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFA_ADDRESS -> address = attributes.address();
                case IFA_LOCAL -> local = attributes.address();
                case IFA_FLAGS -> flags = attributes.s32();
                default -> {}
            }
        }
        // On a point-to-point link IFA_ADDRESS is the peer's, IFA_LOCAL ours; IPv6 often sends IFA_ADDRESS alone.
        final IpAddress own = local != null ? local : address;
        if (own == null) {
            throw new NetlinkFormatException("interface address without an address");
        }
        final int prefixLength = (buffer.getByte(offset + 1) & 0xFF) + RtnetlinkDescriptor.mappedBits(family);
        return new InterfaceAddress(
                buffer.getInt(offset + 4), own, prefixLength, flags, buffer.getByte(offset + 3) & 0xFF);
    }
}
