package io.fastpath.afxdpnative.netlink;

/** What the kernel does with a packet that a route matches. Source: {@code linux/rtnetlink.h}, {@code RTN_}. */
public enum RouteType {
    /** Send to the gateway, or to the destination itself where there is none. */
    UNICAST(1),
    /** An address of this node. */
    LOCAL(2),
    /** Broadcast on the link. */
    BROADCAST(3),
    /** An anycast address of this node. */
    ANYCAST(4),
    /** Multicast. */
    MULTICAST(5),
    /** Drop without a word. */
    BLACKHOLE(6),
    /** Drop, answer ICMP host unreachable. */
    UNREACHABLE(7),
    /** Drop, answer ICMP administratively prohibited. */
    PROHIBIT(8),
    /** Nothing in this table: look on in the next. */
    THROW(9),
    /** A type, or a kind of next hop, that isn't known here: not to be forwarded. */
    UNSUPPORTED(-1);

    private final int number;

    RouteType(final int number) {
        this.number = number;
    }

    /** {@return the type of a kernel number} @param number RTN_. */
    static RouteType of(final int number) {
        for (final RouteType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return UNSUPPORTED;
    }
}
