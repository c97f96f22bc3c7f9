package io.fastpath.fastpath.pipeline;

/** What the parser found a packet to be: which stage decides on it. Drop codes of {@code Counter} share the column. */
final class PacketKind {
    /** TCP or UDP: tuple, ports and hash are set. */
    static final int TRANSPORT = 1;

    /** ARP; {@code networkOffset} is set. */
    static final int ARP = 2;

    /** ICMP for IPv4: offsets and addresses are set. */
    static final int ICMP = 3;

    /** ICMP for IPv6: offsets and addresses are set. */
    static final int ICMPV6 = 4;

    private PacketKind() {}
}
