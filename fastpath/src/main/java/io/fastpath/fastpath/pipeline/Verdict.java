package io.fastpath.fastpath.pipeline;

import io.fastpath.kernelbpf.layout.Counter;

/**
 * How a packet can end in this engine, as the codes of {@link Counter}: static finals here, so that compiled code holds
 * them as constants, where an enum's field would be loaded.
 */
final class Verdict {
    static final int FORWARDED_REQUEST = Counter.FORWARDED_REQUEST.code();
    static final int FORWARDED_REPLY = Counter.FORWARDED_REPLY.code();
    static final int FORWARDED_ERROR = Counter.FORWARDED_ERROR.code();
    static final int ANSWERED_ARP = Counter.ANSWERED_ARP.code();
    static final int ANSWERED_ECHO = Counter.ANSWERED_ECHO.code();
    static final int ANSWERED_NEIGHBOR = Counter.ANSWERED_NEIGHBOR.code();
    static final int ANSWERED_RESET = Counter.ANSWERED_RESET.code();
    static final int ANSWERED_SYN = Counter.ANSWERED_SYN.code();
    static final int ANSWERED_TOO_BIG = Counter.ANSWERED_TOO_BIG.code();
    static final int ANSWERED_EXPIRED = Counter.ANSWERED_EXPIRED.code();
    static final int CONSUMED_ARP = Counter.CONSUMED_ARP.code();

    static final int DROP_TRUNCATED = Counter.DROP_TRUNCATED.code();
    static final int DROP_NOT_IP = Counter.DROP_NOT_IP.code();
    static final int DROP_IP_HEADER = Counter.DROP_IP_HEADER.code();
    static final int DROP_IP_CHECKSUM = Counter.DROP_IP_CHECKSUM.code();
    static final int DROP_IP_LENGTH = Counter.DROP_IP_LENGTH.code();
    static final int DROP_FRAGMENT = Counter.DROP_FRAGMENT.code();
    static final int DROP_EXTENSION_HEADER = Counter.DROP_EXTENSION_HEADER.code();
    static final int DROP_PROTOCOL = Counter.DROP_PROTOCOL.code();
    static final int DROP_TCP_HEADER = Counter.DROP_TCP_HEADER.code();
    static final int DROP_UDP_LENGTH = Counter.DROP_UDP_LENGTH.code();
    static final int DROP_TCP_FLAGS = Counter.DROP_TCP_FLAGS.code();
    static final int DROP_ARP = Counter.DROP_ARP.code();
    static final int DROP_ICMP = Counter.DROP_ICMP.code();
    static final int DROP_NO_SERVICE = Counter.DROP_NO_SERVICE.code();
    static final int DROP_NO_FLOW = Counter.DROP_NO_FLOW.code();
    static final int DROP_NO_BACKEND = Counter.DROP_NO_BACKEND.code();
    static final int DROP_NO_NEXT_HOP = Counter.DROP_NO_NEXT_HOP.code();
    static final int DROP_TTL_EXPIRED = Counter.DROP_TTL_EXPIRED.code();
    static final int DROP_FLOW_TABLE_FULL = Counter.DROP_FLOW_TABLE_FULL.code();
    static final int DROP_PORTS_EXHAUSTED = Counter.DROP_PORTS_EXHAUSTED.code();
    static final int DROP_FLOW_BUSY = Counter.DROP_FLOW_BUSY.code();
    static final int DROP_TCP_STATE = Counter.DROP_TCP_STATE.code();
    static final int DROP_MTU = Counter.DROP_MTU.code();
    static final int DROP_NO_EGRESS = Counter.DROP_NO_EGRESS.code();
    static final int DROP_FAMILY_MISMATCH = Counter.DROP_FAMILY_MISMATCH.code();
    static final int DROP_MARTIAN = Counter.DROP_MARTIAN.code();
    static final int DROP_NEXT_HOPS_FULL = Counter.DROP_NEXT_HOPS_FULL.code();
    static final int DROP_ICMP_QUOTE = Counter.DROP_ICMP_QUOTE.code();
    static final int DROP_ICMP_UNKNOWN = Counter.DROP_ICMP_UNKNOWN.code();
    static final int DROP_ICMP_NESTED = Counter.DROP_ICMP_NESTED.code();
    static final int DROP_ICMP_CHECKSUM = Counter.DROP_ICMP_CHECKSUM.code();
    static final int DROP_FRAGMENT_ORPHAN = Counter.DROP_FRAGMENT_ORPHAN.code();
    static final int DROP_FRAGMENT_OVERLAP = Counter.DROP_FRAGMENT_OVERLAP.code();
    static final int DROP_FRAGMENT_LIMIT = Counter.DROP_FRAGMENT_LIMIT.code();
    static final int DROP_FRAGMENT_FULL = Counter.DROP_FRAGMENT_FULL.code();
    static final int DROP_RATE_SERVICE = Counter.DROP_RATE_SERVICE.code();
    static final int DROP_RATE_CLIENT = Counter.DROP_RATE_CLIENT.code();
    static final int DROP_LINK_GROUP = Counter.DROP_LINK_GROUP.code();
    static final int DROP_PORT_ZERO = Counter.DROP_PORT_ZERO.code();
    static final int DROP_VIP_SOURCE = Counter.DROP_VIP_SOURCE.code();
    static final int DROP_LINK_LOCAL = Counter.DROP_LINK_LOCAL.code();
    static final int DROP_IP_OPTIONS = Counter.DROP_IP_OPTIONS.code();
    static final int FRAGMENT_HELD = Counter.FRAGMENT_HELD.code();
    static final int DROP_COOKIE = Counter.DROP_COOKIE.code();
    static final int DROP_ERROR_LIMIT = Counter.DROP_ERROR_LIMIT.code();
    static final int DROP_VLAN = Counter.DROP_VLAN.code();
    static final int DROP_NOT_ON_LINK = Counter.DROP_NOT_ON_LINK.code();
    static final int DROP_TCP_WINDOW = Counter.DROP_TCP_WINDOW.code();
    static final int DROP_FAMILY_FRAGMENT = Counter.DROP_FAMILY_FRAGMENT.code();
    static final int DROP_FAMILY_OPTIONS = Counter.DROP_FAMILY_OPTIONS.code();
    static final int DROP_FAMILY_ICMP = Counter.DROP_FAMILY_ICMP.code();
    static final int DROP_OPEN_SERVICE = Counter.DROP_OPEN_SERVICE.code();
    static final int DROP_OPEN_CLIENT = Counter.DROP_OPEN_CLIENT.code();
    static final int DROP_NOT_ALLOWED = Counter.DROP_NOT_ALLOWED.code();

    private Verdict() {}

    /** Whether a packet ended in a drop. */
    static boolean isDrop(final int code) {
        return code >= Counter.FIRST_DROP_CODE;
    }
}
