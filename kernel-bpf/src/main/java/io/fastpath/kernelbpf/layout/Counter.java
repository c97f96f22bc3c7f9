package io.fastpath.kernelbpf.layout;

import java.util.Locale;

/**
 * Every counter there is: a constant here = a constant of {@code enum fp_counter} = a label = a sentence. The counter
 * array is row-major, {@link #SLOTS} u64 per row; a row belongs to one writer (first the CPUs, then the workers), who
 * adds with plain stores. Readers sum over rows.
 */
public enum Counter {
    /** What the XDP program saw. */
    XDP_PACKETS(0, "frames that the XDP program saw"),
    /** Steered. */
    XDP_STEERED_SERVICE(1, "frames for a VIP's service, steered to a worker"),
    /** Steered. */
    XDP_STEERED_REPLY(2, "frames of a translated flow's other side, steered to a worker"),
    /** Steered. */
    XDP_STEERED_ARP(3, "ARP requests for a VIP, steered to a worker"),
    /** Steered. */
    XDP_STEERED_ICMP(
            4, "ICMP echo, errors and neighbour solicitations for a VIP or about a connection, steered to a worker"),
    /** Passed. */
    XDP_PASS_TRUNCATED(5, "frames too short for their headers, left to the kernel"),
    /** Passed. */
    XDP_PASS_NOT_IP(6, "frames that are neither IP nor ARP, left to the kernel"),
    /** Passed. */
    XDP_PASS_PROTOCOL(7, "IP packets that are not TCP, UDP or ICMP, left to the kernel"),
    /** Passed. */
    XDP_PASS_NOT_OURS(8, "packets that match no service and no flow, left to the kernel"),
    /** Passed. */
    XDP_PASS_UNKNOWN_INTERFACE(10, "frames of an interface that the instance does not know, left to the kernel"),
    /** Taken by the kernel engine. */
    XDP_KERNEL_PLACED(11, "frames that the kernel engine took because they are its own by configuration"),
    /** Taken by the kernel engine. */
    XDP_KERNEL_NO_SOCKET(12, "frames that the kernel engine took because their queue had no worker"),
    /** Taken by the kernel engine. */
    XDP_KERNEL_STALE(13, "frames that the kernel engine took because their worker stood still"),
    /** Taken by the kernel engine. */
    XDP_KERNEL_FULL(14, "frames that the kernel engine took because their worker had too many"),
    /** Dropped before an engine. */
    XDP_DROP_DENIED(15, "frames for a VIP whose source the prefilter denies, dropped before an engine had them"),

    /** Taken. */
    RX_PACKETS(32, "frames that an engine took"),
    /** Taken. */
    RX_BYTES(33, "bytes of the frames that an engine took"),
    /** Sent. */
    TX_PACKETS(34, "frames that an engine sent"),
    /** Sent. */
    TX_BYTES(35, "bytes of the frames that an engine sent"),
    /** Sent. */
    FORWARDED_REQUEST(36, "packets sent from a client to a backend"),
    /** Sent. */
    FORWARDED_REPLY(37, "packets sent from a backend to a client"),
    /** Answered. */
    ANSWERED_ARP(38, "ARP requests for a VIP, answered"),
    /** Answered. */
    ANSWERED_ECHO(39, "ICMP echo requests to a VIP, answered"),
    /** Answered. */
    ANSWERED_NEIGHBOR(40, "IPv6 neighbour solicitations for a VIP, answered"),
    /** Taken in. */
    CONSUMED_ARP(41, "ARP replies and announcements, taken in"),
    /** Shadowed. */
    SHADOW_COMPARED(42, "packets that a worker forwarded and the kernel engine translated for comparison"),
    /** Shadowed; a defect. */
    SHADOW_MISMATCH(43, "compared packets of which the kernel engine made something else"),
    /** Sent. */
    FORWARDED_ERROR(44, "ICMP errors about a connection's packet, sent on to the one who sent the packet"),
    /** Fragments. */
    FRAGMENT_TRACKED(47, "fragmented datagrams whose first fragment was let through"),
    /** Fragments. */
    FRAGMENT_HELD(48, "fragments that a worker kept until the first one of their datagram came, or did not"),
    /** Fragments. */
    FRAGMENT_EVICTED(49, "incomplete datagrams that were forgotten to make room for another"),

    /** Limits. */
    LIMIT_UNTRACKED(50, "new connections of clients that the table of limits had no place for, let through"),
    /** Answered. */
    ANSWERED_TOO_BIG(45, "packets larger than their way takes, answered with an ICMP error that tells the MTU"),
    /** Answered. */
    ANSWERED_EXPIRED(46, "packets whose TTL or hop limit ran out, answered with ICMP time exceeded"),

    /** SYN cookies. */
    ANSWERED_SYN(54, "SYNs answered with a cookie, of which nothing was kept"),
    /** SYN cookies. */
    COOKIE_ACCEPTED(55, "connections that a returned SYN cookie opened"),

    /** Flow table. */
    FLOW_OPENED(64, "connections entered into the flow table"),
    /** Flow table. */
    FLOW_CLOSED(65, "connections removed from the flow table after their timeout"),
    /** Flow table. */
    FLOW_REOPENED(66, "connections opened again on the tuple of a finished one"),
    /** Flow table. */
    FLOW_EVICTED_EMBRYONIC(67, "half-open connections that made room for a new one"),
    /** Flow table. */
    FLOW_LOST_RACE(68, "connections that another writer had entered first"),
    /** Flow table. */
    FLOW_RECLAIMED(69, "slots taken back from a writer that never finished"),
    /** Flow table. */
    FLOW_RECYCLED(70, "ended or expired connections that gave their tuple to a new one"),
    /** Flow table. */
    FLOW_SYN_MOVED(71, "connections whose SYN came again and was sent to another backend"),
    /** Flow table. */
    FLOW_PICKED_UP(72, "connections entered by a segment from their middle"),
    /** Flow table. */
    FLOW_DISBELIEVED(73, "segments sent on without being believed: resets, SYNs and FINs that may be forged"),

    /** Selection. */
    AFFINITY_KEPT(80, "new connections that went to the backend which their client has"),
    /** Full. */
    AFFINITY_FULL(81, "new connections whose client found no room to be remembered with its backend"),

    /** Answered. */
    ANSWERED_RESET(84, "TCP segments of no known connection, answered with a reset as their service wants it"),
    /** Flow table. */
    FLOW_MOVED(85, "connections that were sent from a drained or removed backend to another"),
    /** Flow table. */
    FLOW_ENDED(86, "connections that were ended because their backend was removed, or drained for too long"),

    /** Malformed. */
    DROP_TRUNCATED(128, "the frame ends inside a header"),
    /** Malformed. */
    DROP_NOT_IP(129, "the frame is neither IP nor ARP"),
    /** Malformed. */
    DROP_IP_HEADER(130, "the IP header's version or length is wrong"),
    /** Malformed. */
    DROP_IP_CHECKSUM(131, "the IPv4 header checksum is wrong"),
    /** Malformed. */
    DROP_IP_LENGTH(132, "the IP length is larger than the frame, or smaller than the headers"),
    /** Unsupported. */
    DROP_FRAGMENT(133, "the fragment is malformed, or not one of TCP or UDP"),
    /** Unsupported. */
    DROP_EXTENSION_HEADER(134, "an IPv6 extension header can't be walked, or there are too many"),
    /** Unsupported. */
    DROP_PROTOCOL(135, "the packet is not TCP, UDP or ICMP"),
    /** Malformed. */
    DROP_TCP_HEADER(136, "the TCP header's length is wrong"),
    /** Malformed. */
    DROP_UDP_LENGTH(137, "the UDP length does not fit the packet"),
    /** Malformed. */
    DROP_TCP_FLAGS(138, "the TCP flags contradict each other"),
    /** Malformed. */
    DROP_ARP(139, "the ARP packet is malformed or not for a VIP"),
    /** Malformed. */
    DROP_ICMP(140, "the ICMP packet is malformed, or of a kind that is not answered"),
    /** Refused. */
    DROP_NO_SERVICE(141, "no service at this address, port and protocol"),
    /** Refused. */
    DROP_NO_FLOW(142, "the TCP segment belongs to no known connection and opens none"),
    /** Refused. */
    DROP_NO_BACKEND(143, "the service has no backend to give"),
    /** Refused. */
    DROP_NO_NEXT_HOP(144, "no route, or the neighbour has not answered"),
    /** Refused. */
    DROP_TTL_EXPIRED(145, "TTL or hop limit ran out"),
    /** Full. */
    DROP_FLOW_TABLE_FULL(146, "no slot for a new connection"),
    /** Full. */
    DROP_PORTS_EXHAUSTED(147, "no source port left towards this backend"),
    /** Busy. */
    DROP_FLOW_BUSY(148, "another writer is entering this connection"),
    /** Refused. */
    DROP_TCP_STATE(149, "the TCP segment is impossible in its connection's state"),
    /** Refused. */
    DROP_MTU(150, "the packet is larger than the egress interface takes"),
    /** Full. */
    DROP_TX_FULL(151, "the egress ring is full"),
    /** Refused. */
    DROP_NO_EGRESS(152, "the next hop is on an interface that the instance does not serve"),
    /** Refused. */
    DROP_FAMILY_MISMATCH(153, "client and backend are of different IP families"),
    /** Refused. */
    DROP_MARTIAN(154, "the source address can't be a client's"),
    /** Malformed. */
    DROP_VLAN(155, "more than two VLAN tags"),
    /** Full. */
    DROP_NEXT_HOPS_FULL(156, "no record left for the packet's next hop"),
    /** A defect. */
    DROP_INTERNAL(157, "the engine failed on the packet's batch; the log says how"),
    /** A stall. */
    DROP_LATE(158, "the packet waited for a stalled worker for longer than a TCP sender waits to send it again"),
    /** Limited. */
    DROP_ERROR_LIMIT(159, "the packet is too large or its TTL ran out, and no more ICMP errors may be sent now"),
    /** Malformed. */
    DROP_ICMP_QUOTE(160, "the ICMP error quotes too little of the packet that it is about, or something malformed"),
    /** Refused. */
    DROP_ICMP_UNKNOWN(161, "the packet that the ICMP error is about is of no known connection"),
    /** Malformed. */
    DROP_ICMP_NESTED(162, "the ICMP error is about an ICMP message"),
    /** Malformed. */
    DROP_ICMP_CHECKSUM(163, "the ICMP error's checksum is wrong"),
    /** Refused. */
    DROP_FRAGMENT_ORPHAN(164, "the first fragment of the datagram has not come in time, or its connection is gone"),
    /** Refused. */
    DROP_FRAGMENT_OVERLAP(165, "the fragment has come before, or contradicts others of its datagram"),
    /** Full. */
    DROP_FRAGMENT_LIMIT(166, "the datagram has more fragments than one may have"),
    /** Full. */
    DROP_FRAGMENT_FULL(167, "no room to follow another fragmented datagram"),
    /** Full. */
    DROP_FRAGMENT_CROWDED(168, "the fragment waited for the first one, and had to make room for another"),
    /** Refused. */
    DROP_NOT_ON_LINK(170, "the backend of a dsr-l2 service is behind a router now"),
    /** Families. */
    DROP_FAMILY_FRAGMENT(171, "a fragment whose client and backend are of different families"),
    /** Families. */
    DROP_FAMILY_OPTIONS(172, "IPv4 options in a packet for a backend, or to a client, of the other family"),
    /** Families. */
    DROP_FAMILY_ICMP(173, "an ICMP error about a packet whose client and backend are of different families"),
    /** Refused. */
    DROP_NOT_ALLOWED(174, "the service does not allow connections of this source"),
    /** Limits. */
    DROP_RATE_SERVICE(178, "the service had more new connections in the last second than it may"),
    /** Limits. */
    DROP_RATE_CLIENT(179, "the client had more new connections with the service in the last second than it may"),
    /** Malformed. */
    DROP_LINK_GROUP(180, "a packet to one address, in a frame to a group of stations, or from one"),
    /** Malformed. */
    DROP_PORT_ZERO(181, "a TCP segment from port 0, which nobody can answer"),
    /** Malformed. */
    DROP_VIP_SOURCE(182, "the source address is a VIP: its own destination (land), or another"),
    /** Malformed. */
    DROP_LINK_LOCAL(183, "the source address is of the link alone, and the packet would leave it"),
    /** Malformed. */
    DROP_IP_OPTIONS(184, "IPv4 options that are malformed, or tell the way that the packet is to take"),
    /** Refused. */
    DROP_TCP_WINDOW(186, "the TCP segment is out of its connection's windows"),
    /** Limits. */
    DROP_OPEN_SERVICE(187, "the service has as many connections open as it may"),
    /** Limits. */
    DROP_OPEN_CLIENT(188, "the client has as many connections with the service open as it may"),
    /** SYN cookies. */
    DROP_COOKIE(194, "an ACK of no connection, to a service with SYN cookies, that brings none back, or an old one");

    /** u64 per row. */
    public static final int SLOTS = 256;

    /** Bytes of a row. */
    public static final int ROW_LENGTH = SLOTS * Long.BYTES;

    /** First code of the drops. */
    public static final int FIRST_DROP_CODE = 128;

    private static final Counter[] BY_CODE = new Counter[SLOTS];

    static {
        for (final Counter counter : values()) {
            BY_CODE[counter.code] = counter;
        }
    }

    private final int code;
    private final String label;
    private final String sentence;

    Counter(final int code, final String sentence) {
        this.code = code;
        this.label = name().toLowerCase(Locale.ROOT);
        this.sentence = sentence;
    }

    /**
     * Index in a row.
     *
     * @return from 0 to {@link #SLOTS} - 1
     */
    public int code() {
        return code;
    }

    /**
     * Name in commands and metrics.
     *
     * @return in lower case with underscores
     */
    public String label() {
        return label;
    }

    /**
     * What it counts, for people.
     *
     * @return without a full stop
     */
    public String sentence() {
        return sentence;
    }

    /**
     * Whether it counts packets that were lost on purpose.
     *
     * @return true for the drop reasons
     */
    public boolean isDrop() {
        return code >= FIRST_DROP_CODE;
    }

    /**
     * The counter of a code.
     *
     * @param code from 0 to {@link #SLOTS} - 1
     * @return the counter, or null where none is defined
     */
    public static Counter ofCode(final int code) {
        return BY_CODE[code];
    }

    /**
     * Offset of a counter.
     *
     * @param rowIndex the writer's row
     * @param code of the counter
     * @return bytes from the array's start
     */
    public static long offset(final int rowIndex, final int code) {
        return (long) rowIndex * ROW_LENGTH + (long) code * Long.BYTES;
    }
}
