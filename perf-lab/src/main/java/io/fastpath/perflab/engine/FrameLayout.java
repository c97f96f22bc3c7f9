package io.fastpath.perflab.engine;

import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.lb.Protocol;

/**
 * Where frames of many flows differ, in bytes from the frame's start. Immutable.
 *
 * @param wordOffset IPv4's word of TTL, protocol and header checksum.
 * @param addressOffset the address that changes, or the last four bytes of an IPv6 one.
 * @param portsOffset both ports.
 * @param checkOffset the checksum of TCP or UDP.
 */
record FrameLayout(int wordOffset, int addressOffset, int portsOffset, int checkOffset) {
    /** Behind the longest header: payload. */
    private static final int PAYLOAD_OFFSET = CostPlanDescriptor.FRAME_LENGTH - Integer.BYTES;

    /** Frames that are all alike. */
    static final FrameLayout ALIKE = new FrameLayout(PAYLOAD_OFFSET, PAYLOAD_OFFSET, PAYLOAD_OFFSET, PAYLOAD_OFFSET);

    /**
     * {@return where frames of a transport protocol differ}
     *
     * @param isIpv4 the family.
     * @param protocol TCP or UDP.
     * @param isReply whether it is the destination that changes: in requests it is the source.
     */
    static FrameLayout of(final boolean isIpv4, final Protocol protocol, final boolean isReply) {
        final int network = Ethernet.HEADER_LENGTH;
        final int transport = network + (isIpv4 ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH);
        final int ports = transport + Tcp.PORTS_OFFSET;
        final int check = transport + (protocol == Protocol.TCP ? Tcp.CHECKSUM_OFFSET : Udp.CHECKSUM_OFFSET);
        if (isIpv4) {
            final int address = isReply ? Ipv4.DESTINATION_OFFSET : Ipv4.SOURCE_OFFSET;
            return new FrameLayout(network + Ipv4.TTL_OFFSET, network + address, ports, check);
        }
        final int address = isReply ? Ipv6.DESTINATION_OFFSET : Ipv6.SOURCE_OFFSET;
        return new FrameLayout(PAYLOAD_OFFSET, network + address + 3 * Integer.BYTES, ports, check);
    }
}
