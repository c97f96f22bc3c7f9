package io.fastpath.afxdpnative.netlink;

/** Message types, families and groups of rtnetlink. Source: {@code linux/rtnetlink.h}, RFC 3549 section 3. */
final class RtnetlinkDescriptor {
    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_GETNEIGH = 30;

    static final int RTMGRP_LINK = 0x1;
    static final int RTMGRP_NEIGH = 0x4;
    static final int RTMGRP_IPV4_IFADDR = 0x10;
    static final int RTMGRP_IPV4_ROUTE = 0x40;
    static final int RTMGRP_IPV6_IFADDR = 0x100;
    static final int RTMGRP_IPV6_ROUTE = 0x400;

    /** Bytes of {@code struct ifinfomsg}. */
    static final int LINK_LENGTH = 16;

    /** Bytes of {@code struct ifaddrmsg}. */
    static final int ADDRESS_LENGTH = 8;

    /** Bytes of {@code struct rtmsg}. */
    static final int ROUTE_LENGTH = 12;

    /** Bytes of {@code struct ndmsg}. */
    static final int NEIGHBOUR_LENGTH = 12;

    private RtnetlinkDescriptor() {}

    /** {@return whether a family is IPv4 or IPv6} */
    static boolean isInternet(final int family) {
        return family == AF_INET || family == AF_INET6;
    }

    /** {@return the bits by which an IPv4 prefix is longer when it is mapped into IPv6, 0 for IPv6} */
    static int mappedBits(final int family) {
        return family == AF_INET ? 96 : 0;
    }
}
