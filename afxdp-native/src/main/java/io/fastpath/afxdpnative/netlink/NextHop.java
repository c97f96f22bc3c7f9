package io.fastpath.afxdpnative.netlink;

/**
 * One way a route can take. Immutable.
 *
 * @param ifindex interface to send on.
 * @param gateway neighbour to send to, possibly IPv6 for an IPv4 route; {@link IpAddress#NONE} if the destination itself
 *     is on the link.
 * @param weight share among the route's next hops, 1 or more.
 * @param flags {@code RTNH_F_} bits.
 */
public record NextHop(int ifindex, IpAddress gateway, int weight, int flags) {
    private static final int RTNH_F_DEAD = 0x01;
    private static final int RTNH_F_LINKDOWN = 0x10;

    /** {@return whether the kernel gave it up: the interface is off} */
    public boolean isDead() {
        return (flags & RTNH_F_DEAD) != 0;
    }

    /** {@return whether the interface has no carrier} */
    public boolean isLinkDown() {
        return (flags & RTNH_F_LINKDOWN) != 0;
    }
}
