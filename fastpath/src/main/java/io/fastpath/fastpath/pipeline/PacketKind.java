package io.fastpath.fastpath.pipeline;

/** What the parser found a packet to be: which stage decides on it. Drop codes of {@code Counter} share the field. */
final class PacketKind {
    /** TCP or UDP over IPv4: all that is drawn in {@link PacketBatch} is set, but for the home. */
    static final int TRANSPORT_IPV4 = 1;

    /** The same over IPv6. */
    static final int TRANSPORT_IPV6 = 2;

    /** ARP; {@code networkOffset} is set. */
    static final int ARP = 3;

    /** ICMP for IPv4: offsets and addresses are set. */
    static final int ICMP = 4;

    /** ICMP for IPv6: offsets and addresses are set. */
    static final int ICMPV6 = 5;

    /** A fragment of an IPv4 datagram, not the first: no ports, no TCP flags. */
    static final int FRAGMENT_IPV4 = 6;

    /** The same of an IPv6 datagram. */
    static final int FRAGMENT_IPV6 = 7;

    private PacketKind() {}

    /** Whether a packet may be of a connection. */
    static boolean isTransport(final int kind) {
        return kind <= TRANSPORT_IPV6;
    }
}
