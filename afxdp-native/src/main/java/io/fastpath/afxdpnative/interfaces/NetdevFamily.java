package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.netlink.AttributeCursor;
import io.fastpath.afxdpnative.netlink.MessageWriter;
import io.fastpath.afxdpnative.netlink.NetlinkDescriptor;
import io.fastpath.afxdpnative.netlink.NetlinkExchange;
import io.fastpath.afxdpnative.netlink.NetlinkFormatException;
import io.fastpath.afxdpnative.netlink.NetlinkSocket;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.agrona.DirectBuffer;

/**
 * The generic netlink family {@code netdev}, by which kernels from 6.3 on tell a driver's XDP features. Owned by one
 * thread. Source: {@code linux/genetlink.h}, {@code linux/netdev.h}.
 *
 * <pre>
 *   0         1         2          4
 *  +---------+---------+----------+------------+
 *  | command | version | reserved | attributes |   payload of a generic netlink message
 *  +---------+---------+----------+------------+
 * </pre>
 */
final class NetdevFamily implements AutoCloseable {
    private static final int HEADER_LENGTH = 4;
    private static final int GENL_ID_CTRL = 0x10;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;
    private static final int NETDEV_CMD_DEV_GET = 1;
    private static final int NETDEV_A_DEV_IFINDEX = 1;
    private static final int NETDEV_A_DEV_XDP_FEATURES = 3;
    private static final int NETDEV_A_DEV_XDP_ZC_MAX_SEGS = 4;

    private final NetlinkExchange exchange =
            new NetlinkExchange(NetlinkSocket.openForRequests(NetlinkDescriptor.NETLINK_GENERIC));
    private final MessageWriter request = new MessageWriter();

    private NetdevFamily() {}

    /** {@return a socket of the calling thread's network namespace; the caller closes it} */
    static NetdevFamily open() {
        return new NetdevFamily();
    }

    /** {@return what the driver says, or empty where the kernel has no such family} */
    Optional<XdpCapabilities> xdp(final int ifindex) {
        final Optional<Integer> family = familyId();
        if (family.isEmpty()) {
            return Optional.empty();
        }
        begin(family.get(), NETDEV_CMD_DEV_GET).attribute(NETDEV_A_DEV_IFINDEX, ifindex);
        return exchange
                .get(request, "XDP features of interface " + ifindex + " (NETDEV_CMD_DEV_GET)", NetdevFamily::decode)
                .stream()
                .findFirst();
    }

    @Override
    public void close() {
        exchange.close();
    }

    static XdpCapabilities decode(final DirectBuffer buffer, final int offset, final int length) {
        final AttributeCursor attributes = new AttributeCursor().wrapAfter(buffer, offset, length, HEADER_LENGTH);
        long bits = 0;
        int segmentLimit = 0;
        while (attributes.next()) {
            switch (attributes.type()) {
                case NETDEV_A_DEV_XDP_FEATURES -> bits = attributes.u64();
                case NETDEV_A_DEV_XDP_ZC_MAX_SEGS -> segmentLimit = attributes.s32();
                default -> {}
            }
        }
        final Set<XdpFeature> features = EnumSet.noneOf(XdpFeature.class);
        for (final XdpFeature feature : XdpFeature.values()) {
            if ((bits >>> feature.ordinal() & 1) != 0) {
                features.add(feature);
            }
        }
        return new XdpCapabilities(Collections.unmodifiableSet(features), segmentLimit);
    }

    private Optional<Integer> familyId() {
        begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY).attribute(CTRL_ATTR_FAMILY_NAME, "netdev");
        try {
            final List<Integer> ids = exchange.get(request, "find netlink family netdev", NetdevFamily::decodeFamilyId);
            return ids.stream().findFirst();
        } catch (final NativeException ex) {
            if (ex.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw ex;
        }
    }

    private static Integer decodeFamilyId(final DirectBuffer buffer, final int offset, final int length) {
        final AttributeCursor attributes = new AttributeCursor().wrapAfter(buffer, offset, length, HEADER_LENGTH);
        while (attributes.next()) {
            if (attributes.type() == CTRL_ATTR_FAMILY_ID) {
                return attributes.u16();
            }
        }
        throw new NetlinkFormatException("netlink family without an id");
    }

    private MessageWriter begin(final int family, final int command) {
        return request.begin(family, 0).u8(command).u8(1).u16(0);
    }
}
