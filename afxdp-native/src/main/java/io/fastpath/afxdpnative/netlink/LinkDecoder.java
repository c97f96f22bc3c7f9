package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.AF_UNSPEC;
import static io.fastpath.afxdpnative.netlink.RtnetlinkDescriptor.LINK_LENGTH;

import java.util.Optional;
import org.agrona.DirectBuffer;

/**
 * Decodes RTM_NEWLINK and RTM_DELLINK; answers null for messages of the bridge family, which tell of a bridge's port and
 * not of a link. Source: {@code linux/if_link.h}, {@code linux/rtnetlink.h} {@code struct ifinfomsg}.
 *
 * <pre>
 *   0        1     2      4         8       12       16
 *  +--------+-----+------+---------+-------+--------+------------+
 *  | family | pad | type | ifindex | flags | change | attributes |
 *  +--------+-----+------+---------+-------+--------+------------+
 * </pre>
 */
final class LinkDecoder {
    static final int IFLA_IFNAME = 3;
    static final int IFLA_EXT_MASK = 29;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NUM_TX_QUEUES = 31;
    private static final int IFLA_NUM_RX_QUEUES = 32;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_XDP = 43;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_INFO_SLAVE_KIND = 4;
    private static final int IFLA_VLAN_ID = 1;
    private static final int IFLA_VLAN_PROTOCOL = 5;
    private static final int IFLA_XDP_ATTACHED = 2;
    private static final int IFLA_XDP_PROG_ID = 4;
    private static final int IFLA_XDP_DRV_PROG_ID = 5;
    private static final int ETHERTYPE_VLAN = 0x8100;

    private final DirectBuffer buffer;
    private final int offset;
    private String name = "";
    private long mac = MacAddress.NONE;
    private int mtu;
    private OperState operState = OperState.UNKNOWN;
    private int rxQueueLimit = 1;
    private int txQueueLimit = 1;
    private int masterIfindex;
    private String masterKind = "";
    private int lowerIfindex;
    private boolean lowerElsewhere;
    private String kind = "";
    private AttributeCursor kindData;
    private XdpAttachment xdp = XdpAttachment.NONE;

    private LinkDecoder(final DirectBuffer buffer, final int offset) {
        this.buffer = buffer;
        this.offset = offset;
    }

    /** Decode one payload. See {@link NetlinkDecoder#decode}. */
    static Link decode(final DirectBuffer buffer, final int offset, final int length) {
        final AttributeCursor attributes = new AttributeCursor().wrapAfter(buffer, offset, length, LINK_LENGTH);
        if (buffer.getByte(offset) != AF_UNSPEC) {
            return null;
        }
        final LinkDecoder link = new LinkDecoder(buffer, offset);
        while (attributes.next()) {
            link.take(attributes);
        }
        return link.build();
    }

    private void take(final AttributeCursor attribute) {
        switch (attribute.type()) {
            case IFLA_IFNAME -> name = attribute.string();
            case IFLA_ADDRESS -> mac = attribute.mac();
            case IFLA_MTU -> mtu = attribute.s32();
            case IFLA_LINK -> lowerIfindex = attribute.s32();
            case IFLA_LINK_NETNSID -> lowerElsewhere = attribute.s32() >= 0;
            case IFLA_MASTER -> masterIfindex = attribute.s32();
            case IFLA_OPERSTATE -> operState = OperState.of(attribute.u8());
            case IFLA_NUM_RX_QUEUES -> rxQueueLimit = attribute.s32();
            case IFLA_NUM_TX_QUEUES -> txQueueLimit = attribute.s32();
            case IFLA_LINKINFO -> takeInfo(attribute.nested());
            case IFLA_XDP -> xdp = xdp(attribute.nested());
            default -> {}
        }
    }

    private void takeInfo(final AttributeCursor info) {
        while (info.next()) {
            switch (info.type()) {
                case IFLA_INFO_KIND -> kind = info.string();
                case IFLA_INFO_DATA -> kindData = info.nested();
                case IFLA_INFO_SLAVE_KIND -> masterKind = info.string();
                default -> {}
            }
        }
    }

    private static XdpAttachment xdp(final AttributeCursor attributes) {
        int mode = 0;
        long programId = 0;
        long nativeProgramId = 0;
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFLA_XDP_ATTACHED -> mode = attributes.u8();
                case IFLA_XDP_PROG_ID -> programId = attributes.u32();
                case IFLA_XDP_DRV_PROG_ID -> nativeProgramId = attributes.u32();
                default -> {}
            }
        }
        final XdpAttachment.Mode[] modes = XdpAttachment.Mode.values();
        final XdpAttachment.Mode known = mode < modes.length ? modes[mode] : XdpAttachment.Mode.MULTIPLE;
        return new XdpAttachment(known, programId != 0 ? programId : nativeProgramId);
    }

    private Optional<LinkVlan> vlan() {
        if (!kind.equals("vlan") || kindData == null) {
            return Optional.empty();
        }
        int id = 0;
        int protocol = ETHERTYPE_VLAN;
        while (kindData.next()) {
            switch (kindData.type()) {
                case IFLA_VLAN_ID -> id = kindData.u16();
                case IFLA_VLAN_PROTOCOL -> protocol = kindData.u16Be();
                default -> {}
            }
        }
        return Optional.of(new LinkVlan(id, protocol));
    }

    private Link build() {
        return new Link(
                buffer.getInt(offset + 4),
                name,
                buffer.getInt(offset + 8),
                buffer.getShort(offset + 2) & 0xFFFF,
                mac,
                mtu,
                operState,
                rxQueueLimit,
                txQueueLimit,
                masterIfindex,
                masterKind,
                lowerIfindex,
                lowerElsewhere,
                kind,
                vlan(),
                xdp);
    }
}
