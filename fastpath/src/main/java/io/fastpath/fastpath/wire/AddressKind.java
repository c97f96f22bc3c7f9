package io.fastpath.fastpath.wire;

import io.fastpath.kernelbpf.layout.AddressDescriptor;

/** Which addresses can stand where. Pure functions on the two memory words of an address. */
public final class AddressKind {
    private static final int FIRST_MULTICAST_OCTET = 224;
    private static final int LOOPBACK_OCTET = 127;
    private static final int OCTET_MASK = 0xff;

    /** As they stand in memory. */
    private static final int LINK_LOCAL = 0xfea9;

    private static final long LINK_LOCAL_V6 = 0x80fe;
    private static final long LINK_LOCAL_V6_MASK = 0xc0ff;

    /** Word 1 of ::1. */
    private static final long LOOPBACK_V6_WORD1 = 0x0100_0000_0000_0000L;

    /** ff02:0:0:0, word 0 of link-local multicast groups. */
    private static final long LINK_GROUP_WORD0 = 0x02ffL;

    /** 0:1:ff00:0, word 1 of the solicited-node group (RFC 4291, 2.7.1), without the address's last three bytes. */
    private static final long SOLICITED_NODE_WORD1 = 0x0000_00ff_0100_0000L;

    private static final long LAST_THREE_BYTES = 0xffff_ff00_0000_0000L;

    private AddressKind() {}

    /**
     * Whether an address can't be the source of a packet that wants an answer: 0/8, 127/8, 224/4 and above with
     * broadcast (RFC 6890); ::, ::1, ff00::/8 (RFC 4291).
     *
     * @param word0 of the address
     * @param word1 of the address
     * @return true if packets from there are dropped
     */
    public static boolean isMartianSource(final long word0, final long word1) {
        if (AddressDescriptor.isIpv4(word0, word1)) {
            final int octet = AddressDescriptor.ipv4Memory(word1) & OCTET_MASK;
            return octet == 0 || octet == LOOPBACK_OCTET || octet >= FIRST_MULTICAST_OCTET;
        }
        return isMulticastV6(word0) || word0 == 0 && (word1 == 0 || word1 == LOOPBACK_V6_WORD1);
    }

    /**
     * Whether an address is one of a link alone: 169.254/16 (RFC 3927, 2.7) and fe80::/10 (RFC 4291, 2.5.6).
     *
     * @param word0 of the address
     * @param word1 of the address
     * @return true if packets from there must not leave the link
     */
    public static boolean isLinkLocal(final long word0, final long word1) {
        return AddressDescriptor.isIpv4(word0, word1)
                ? (AddressDescriptor.ipv4Memory(word1) & 0xffff) == LINK_LOCAL
                : (word0 & LINK_LOCAL_V6_MASK) == LINK_LOCAL_V6;
    }

    /**
     * Whether an IPv6 address is a group's.
     *
     * @param word0 of the address
     * @return true for ff00::/8
     */
    public static boolean isMulticastV6(final long word0) {
        return (word0 & OCTET_MASK) == OCTET_MASK;
    }

    /**
     * Whether an address is the group at which a node is asked for another address (RFC 4291, 2.7.1).
     *
     * @param word0 of the group
     * @param word1 of the group
     * @param target1 word 1 of the address that is asked for
     * @return true for ff02::1:ffXX:XXXX with the target's last three bytes
     */
    public static boolean isSolicitedNode(final long word0, final long word1, final long target1) {
        return word0 == LINK_GROUP_WORD0 && word1 == (SOLICITED_NODE_WORD1 | target1 & LAST_THREE_BYTES);
    }

    /**
     * Whether an address is a solicited-node group's.
     *
     * @param word0 of the address
     * @param word1 of the address
     * @return true for ff02::1:ff00:0/104
     */
    public static boolean isSolicitedNode(final long word0, final long word1) {
        return isSolicitedNode(word0, word1, word1);
    }
}
