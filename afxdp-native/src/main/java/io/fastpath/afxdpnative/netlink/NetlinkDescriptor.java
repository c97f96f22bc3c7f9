package io.fastpath.afxdpnative.netlink;

/**
 * Layout of a netlink datagram: messages one after the other, each a header, a fixed part that depends on the type, and
 * attributes. All fields are in native order, headers and attributes start at multiples of 4.
 *
 * <pre>
 *   0         4      6      8         12        16
 *  +---------+------+------+---------+---------+----------------+------------+---
 *  | length  | type | flags| sequence| port id | fixed part     | attributes | next message
 *  +---------+------+------+---------+---------+----------------+------------+---
 *  |&lt;----------- length, the header included, padding not -----------------&gt;|
 *
 *   0        2      4
 *  +--------+------+---------+-----+
 *  | length | type | payload | pad |    attribute; its length includes these 4 bytes, its padding not
 *  +--------+------+---------+-----+
 * </pre>
 *
 * <p>Source: {@code linux/netlink.h}, RFC 3549 section 2.3.2.
 */
public final class NetlinkDescriptor {
    /** Protocol family for {@code socket(2)}. */
    public static final int AF_NETLINK = 16;

    /** Protocol: links, addresses, routes, neighbours. */
    public static final int NETLINK_ROUTE = 0;

    /** Protocol: generic netlink, families found by name. */
    public static final int NETLINK_GENERIC = 16;

    /** Bytes in a message header. */
    public static final int MESSAGE_HEADER_LENGTH = 16;

    /** Bytes in an attribute header. */
    public static final int ATTRIBUTE_HEADER_LENGTH = 4;

    /** Offset of the message's length (uint32). */
    public static final int LENGTH_OFFSET = 0;

    /** Offset of the message's type (uint16). */
    public static final int TYPE_OFFSET = 4;

    /** Offset of the flags (uint16). */
    public static final int FLAGS_OFFSET = 6;

    /** Offset of the sequence number (uint32): a reply bears that of its request. */
    public static final int SEQUENCE_OFFSET = 8;

    /** Offset of the port id (uint32). */
    public static final int PORT_ID_OFFSET = 12;

    /** Type: to be ignored. */
    public static final int NLMSG_NOOP = 1;

    /** Type: acknowledgement (error 0) or failure of a request. */
    public static final int NLMSG_ERROR = 2;

    /** Type: end of a dump. */
    public static final int NLMSG_DONE = 3;

    /** Request flag: this is a request. */
    public static final int NLM_F_REQUEST = 0x1;

    /** Request flag: answer with an acknowledgement. */
    public static final int NLM_F_ACK = 0x4;

    /** Reply flag: the table changed during the dump, so that it is not one state. */
    public static final int NLM_F_DUMP_INTR = 0x10;

    /** Request flags: answer with the whole table. */
    public static final int NLM_F_DUMP = 0x300;

    /** Request flag: replace what exists. */
    public static final int NLM_F_REPLACE = 0x100;

    /** Request flag: create what doesn't exist. */
    public static final int NLM_F_CREATE = 0x400;

    /** Acknowledgement flag: the request is not repeated behind its header. */
    public static final int NLM_F_CAPPED = 0x100;

    /** Acknowledgement flag: attributes follow, among them the kernel's sentence. */
    public static final int NLM_F_ACK_TLVS = 0x200;

    /** Attribute type bits that are not flags ({@code NLA_TYPE_MASK}). */
    public static final int ATTRIBUTE_TYPE_MASK = 0x3FFF;

    /** Attribute type flag: its payload is attributes. */
    public static final int NLA_F_NESTED = 0x8000;

    private NetlinkDescriptor() {}

    /** {@return the next multiple of 4, saturating at the largest int} */
    static int align(final int length) {
        return length > Integer.MAX_VALUE - 3 ? Integer.MAX_VALUE : (length + 3) & ~3;
    }
}
