package io.fastpath.perflab.engine;

import io.fastpath.afxdpnative.netlink.MacAddress;
import io.fastpath.fastpath.wire.Arp;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import java.nio.ByteBuffer;

/** Frames of the one length that the lab's cost program writes, valid to the last checksum. Any thread. */
final class CostFrame {
    /** Flags byte of a connection's first segment. */
    static final int SYN = 0x02;

    /** Flags byte of a segment in the middle of a connection. */
    static final int ACK = 0x10;

    private static final int LENGTH = CostPlanDescriptor.FRAME_LENGTH;
    private static final int NETWORK = Ethernet.HEADER_LENGTH;
    private static final int TIME_TO_LIVE = 64;
    private static final int IPV4_VERSION_AND_WORDS = 0x45;
    private static final int IPV6_VERSION = 0x60;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int TCP_WORDS = 0x50;
    private static final int MAC_LENGTH = 6;
    private static final int HALF = 0xffff;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86dd;
    private static final int TYPE_ARP = 0x0806;

    private CostFrame() {}

    /**
     * {@return a packet of TCP or UDP}
     *
     * @param protocol of it.
     * @param from who sends it.
     * @param fromPort in host order.
     * @param to whom.
     * @param toPort in host order.
     * @param tcpFlags ignored for UDP.
     */
    static byte[] transport(
            final Protocol protocol,
            final Address from,
            final int fromPort,
            final Address to,
            final int toPort,
            final int tcpFlags) {
        final int transport = NETWORK + (from.isIpv4() ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH);
        final ByteBuffer frame = internet(from, to, protocol.number());
        frame.putShort(transport, (short) fromPort).putShort(transport + Short.BYTES, (short) toPort);
        int check = transport + Udp.CHECKSUM_OFFSET;
        if (protocol == Protocol.TCP) {
            frame.put(transport + Tcp.DATA_OFFSET_OFFSET, (byte) TCP_WORDS);
            frame.put(transport + Tcp.FLAGS_OFFSET, (byte) tcpFlags);
            check = transport + Tcp.CHECKSUM_OFFSET;
        } else {
            frame.putShort(transport + Udp.LENGTH_OFFSET, (short) (LENGTH - transport));
        }
        final int addresses = from.isIpv4() ? NETWORK + Ipv4.SOURCE_OFFSET : NETWORK + Ipv6.SOURCE_OFFSET;
        final long sum = sum(frame, addresses, LENGTH) + protocol.number() + LENGTH - transport;
        frame.putShort(check, (short) checksum(sum));
        return frame.array();
    }

    /**
     * {@return an echo request over IPv4}
     *
     * @param from who asks.
     * @param to whom.
     */
    static byte[] echo(final Address from, final Address to) {
        final ByteBuffer frame = internet(from, to, IpProtocol.ICMP);
        final int icmp = NETWORK + Ipv4.HEADER_LENGTH;
        frame.put(icmp + Icmp.TYPE_OFFSET, (byte) Icmp.ECHO_REQUEST);
        frame.putShort(icmp + Icmp.CHECKSUM_OFFSET, (short) checksum(sum(frame, icmp, LENGTH)));
        return frame.array();
    }

    /**
     * {@return an ARP request}
     *
     * @param from who asks.
     * @param target the address asked for.
     */
    static byte[] arp(final Address from, final Address target) {
        final ByteBuffer frame = ethernet(TYPE_ARP);
        frame.putLong(NETWORK + Arp.KIND_OFFSET, Long.reverseBytes(Arp.KIND_ETHERNET_IPV4));
        frame.putShort(NETWORK + Arp.OPERATION_OFFSET, (short) 1);
        frame.put(NETWORK + Arp.SENDER_MAC_OFFSET, MacAddress.bytes(CostRig.CLIENT_MAC), 0, MAC_LENGTH);
        put(frame, NETWORK + Arp.SENDER_ADDRESS_OFFSET, from);
        put(frame, NETWORK + Arp.TARGET_ADDRESS_OFFSET, target);
        return frame.array();
    }

    private static ByteBuffer internet(final Address from, final Address to, final int protocol) {
        final ByteBuffer frame = ethernet(from.isIpv4() ? TYPE_IPV4 : TYPE_IPV6);
        if (from.isIpv4()) {
            frame.put(NETWORK, (byte) IPV4_VERSION_AND_WORDS);
            frame.putShort(NETWORK + Ipv4.TOTAL_LENGTH_OFFSET, (short) (LENGTH - NETWORK));
            frame.putShort(NETWORK + Ipv4.FRAGMENT_OFFSET, (short) DONT_FRAGMENT);
            frame.put(NETWORK + Ipv4.TTL_OFFSET, (byte) TIME_TO_LIVE);
            frame.put(NETWORK + Ipv4.PROTOCOL_OFFSET, (byte) protocol);
            put(frame, NETWORK + Ipv4.SOURCE_OFFSET, from);
            put(frame, NETWORK + Ipv4.DESTINATION_OFFSET, to);
            final long sum = sum(frame, NETWORK, NETWORK + Ipv4.HEADER_LENGTH);
            frame.putShort(NETWORK + Ipv4.CHECKSUM_OFFSET, (short) checksum(sum));
        } else {
            frame.put(NETWORK, (byte) IPV6_VERSION);
            frame.putShort(NETWORK + Ipv6.PAYLOAD_LENGTH_OFFSET, (short) (LENGTH - NETWORK - Ipv6.HEADER_LENGTH));
            frame.put(NETWORK + Ipv6.NEXT_HEADER_OFFSET, (byte) protocol);
            frame.put(NETWORK + Ipv6.HOP_LIMIT_OFFSET, (byte) TIME_TO_LIVE);
            put(frame, NETWORK + Ipv6.SOURCE_OFFSET, from);
            put(frame, NETWORK + Ipv6.DESTINATION_OFFSET, to);
        }
        return frame;
    }

    private static ByteBuffer ethernet(final int type) {
        final ByteBuffer frame = ByteBuffer.allocate(LENGTH);
        frame.put(Ethernet.DESTINATION_OFFSET, MacAddress.bytes(CostRig.NODE_MAC), 0, MAC_LENGTH);
        frame.put(Ethernet.SOURCE_OFFSET, MacAddress.bytes(CostRig.CLIENT_MAC), 0, MAC_LENGTH);
        frame.putShort(Ethernet.TYPE_OFFSET, (short) type);
        return frame;
    }

    private static void put(final ByteBuffer frame, final int offset, final Address address) {
        final byte[] bytes = address.bytes();
        frame.put(offset, bytes, 0, bytes.length);
    }

    /** Sum of 16-bit words; the length is even. */
    private static long sum(final ByteBuffer frame, final int begin, final int end) {
        long sum = 0;
        for (int offset = begin; offset < end; offset += Short.BYTES) {
            sum += frame.getShort(offset) & HALF;
        }
        return sum;
    }

    /** RFC 1071. */
    private static int checksum(final long sum) {
        final long once = (sum & HALF) + (sum >>> Short.SIZE);
        return (int) ~((once & HALF) + (once >>> Short.SIZE)) & HALF;
    }
}
