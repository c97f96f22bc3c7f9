package io.fastpath.fastpath.worker;

import io.fastpath.lb.Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The packets of {@link WarmUp}: what clients send to a balancer, most of it on known connections. Checksums above IP are
 * not right, which a balancer does not look at. One thread.
 */
final class WarmUpFrames {
    static final String CLIENT = "192.0.2.10";
    static final String CLIENT6 = "2001:db8:1::10";
    static final String VIP = "10.7.0.100";
    static final String VIP6 = "2001:db8:7::100";

    /** Services listen here, in full-NAT mode and in NAT mode. */
    static final int FULL_NAT_PORT = 80;

    static final int NAT_PORT = 90;

    /** Services in the modes of direct server return: this and the next ports, in the order of the modes. */
    static final int DIRECT_PORT = 95;

    static final int DIRECT_COUNT = 4;

    /** Added to the port of a service that changes ports, it is the backends'. */
    static final int BACKEND_PORTS = 8000;

    private static final int ETHERNET_LENGTH = 14;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int TCP_FLAGS_OFFSET = 13;
    private static final byte TCP = 6;
    private static final byte UDP = 17;
    private static final byte ICMP = 1;
    private static final byte ICMPV6 = 58;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;
    private static final int FIN = 0x01;

    /** Packets that come at once; the next of a connection only after its backend answered. */
    static final int PACKETS_PER_CYCLE = 32;

    /** Connections at a time. */
    private static final int LANE_COUNT = 28;

    /** Packets of a connection: a handshake, data, an end. */
    private static final int PACKETS_PER_FLOW = 16;

    private static final int CLIENT_PORT_MIN = 1024;
    private static final int CLIENT_PORT_COUNT = 60_000;

    private final List<byte[]> flows = new ArrayList<>();
    private final List<byte[]> others = new ArrayList<>();
    private int count;

    WarmUpFrames() {
        for (final int port : new int[] {FULL_NAT_PORT, NAT_PORT}) {
            flows.add(packet(CLIENT, VIP, TCP, tcp(port)));
            flows.add(packet(CLIENT, VIP, UDP, udp(port)));
            flows.add(packet(CLIENT6, VIP6, TCP, tcp(port)));
            flows.add(packet(CLIENT6, VIP6, UDP, udp(port)));
        }
        for (int port = DIRECT_PORT; port < DIRECT_PORT + DIRECT_COUNT; port++) {
            others.add(packet(CLIENT, VIP, UDP, udp(port)));
            others.add(packet(CLIENT6, VIP6, UDP, udp(port)));
        }
        others.add(packet(CLIENT, VIP, TCP, tcp(FULL_NAT_PORT + 1)));
        others.add(packet(CLIENT, VIP, ICMP, echo(8)));
        others.add(packet(CLIENT6, VIP6, ICMPV6, echo(128)));
        others.add(arp());
        final byte[] wrongChecksum = packet(CLIENT, VIP, UDP, udp(FULL_NAT_PORT));
        wrongChecksum[ETHERNET_LENGTH + 10] ^= 1;
        others.add(wrongChecksum);
        others.add(new byte[ETHERNET_LENGTH]);
    }

    /** The next packet that clients send; the caller may change it until it asks for the next one. */
    byte[] next() {
        final int number = count++;
        final int cycle = number / PACKETS_PER_CYCLE;
        final int lane = number % PACKETS_PER_CYCLE;
        if (lane >= LANE_COUNT) {
            return others.get((lane + cycle) % others.size());
        }
        final byte[] frame = flows.get(lane % flows.size());
        final int transport = ETHERNET_LENGTH + networkLength(frame);
        final int port = CLIENT_PORT_MIN + (cycle / PACKETS_PER_FLOW * LANE_COUNT + lane) % CLIENT_PORT_COUNT;
        frame[transport] = (byte) (port >>> 8);
        frame[transport + 1] = (byte) port;
        if (protocol(frame) == TCP) {
            frame[transport + TCP_FLAGS_OFFSET] = (byte) flags(cycle % PACKETS_PER_FLOW, port);
        }
        return frame;
    }

    private static int flags(final int step, final int port) {
        if (step == 0) {
            return SYN;
        }
        if (step == PACKETS_PER_FLOW - 2) {
            return port % 4 == 0 ? RST : FIN | ACK;
        }
        return ACK;
    }

    /** Whether what was sent to a backend has outer headers or is for a VIP: then the answer goes another way. */
    static boolean isDirect(final byte[] frame) {
        final int transport = ETHERNET_LENGTH + networkLength(frame);
        final int port = (frame[transport + 2] & 0xff) << Byte.SIZE | frame[transport + 3] & 0xff;
        return protocol(frame) != TCP && (protocol(frame) != UDP || port < FULL_NAT_PORT + BACKEND_PORTS);
    }

    /** Makes what a backend answers out of what was sent to it: the other way round, and acknowledging. */
    static void turnRound(final byte[] frame) {
        swap(frame, 0, 6, 6);
        final int networkLength = networkLength(frame);
        if (networkLength == IPV4_LENGTH) {
            swap(frame, ETHERNET_LENGTH + 12, ETHERNET_LENGTH + 16, 4);
        } else {
            swap(frame, ETHERNET_LENGTH + 8, ETHERNET_LENGTH + 24, 16);
        }
        final int transport = ETHERNET_LENGTH + networkLength;
        swap(frame, transport, transport + 2, 2);
        if (protocol(frame) == TCP) {
            frame[transport + TCP_FLAGS_OFFSET] |= ACK;
        }
    }

    private static void swap(final byte[] bytes, final int one, final int other, final int length) {
        for (int i = 0; i < length; i++) {
            final byte kept = bytes[one + i];
            bytes[one + i] = bytes[other + i];
            bytes[other + i] = kept;
        }
    }

    private static int networkLength(final byte[] frame) {
        return frame[12] == 0x08 ? IPV4_LENGTH : IPV6_LENGTH;
    }

    private static byte protocol(final byte[] frame) {
        return frame[ETHERNET_LENGTH + (networkLength(frame) == IPV4_LENGTH ? 9 : 6)];
    }

    private static byte[] packet(
            final String source, final String destination, final byte protocol, final byte[] body) {
        final byte[] from = Address.parse(source).bytes();
        final byte[] to = Address.parse(destination).bytes();
        final boolean isIpv4 = from.length == 4;
        final ByteBuffer frame =
                ByteBuffer.allocate(ETHERNET_LENGTH + (isIpv4 ? IPV4_LENGTH : IPV6_LENGTH) + body.length);
        putMacs(frame).putShort((short) (isIpv4 ? 0x0800 : 0x86dd));
        if (isIpv4) {
            frame.putShort((short) 0x4500).putShort((short) (IPV4_LENGTH + body.length));
            frame.putInt(0x4000).put((byte) 64).put(protocol).putShort((short) 0);
        } else {
            frame.putInt(0x6000_0000)
                    .putShort((short) body.length)
                    .put(protocol)
                    .put((byte) 64);
        }
        frame.put(from).put(to).put(body);
        if (isIpv4) {
            frame.putShort(ETHERNET_LENGTH + 10, ipv4Checksum(frame));
        }
        return frame.array();
    }

    private static ByteBuffer putMacs(final ByteBuffer frame) {
        return frame.putShort((short) 0x02fc).putInt(3).putShort((short) 0x02aa).putInt(0x10);
    }

    private static short ipv4Checksum(final ByteBuffer frame) {
        int sum = 0;
        for (int i = 0; i < IPV4_LENGTH; i += 2) {
            sum += frame.getShort(ETHERNET_LENGTH + i) & 0xffff;
        }
        return (short) ~((sum & 0xffff) + (sum >>> 16));
    }

    private static byte[] tcp(final int port) {
        return ByteBuffer.allocate(20 + 12)
                .putShort(2, (short) port)
                .put(12, (byte) 0x50)
                .putShort(16, (short) 0x1234)
                .array();
    }

    private static byte[] udp(final int port) {
        final ByteBuffer datagram = ByteBuffer.allocate(8 + 12);
        return datagram.putShort(2, (short) port)
                .putShort(4, (short) datagram.capacity())
                .putShort(6, (short) 0x1234)
                .array();
    }

    private static byte[] echo(final int type) {
        return ByteBuffer.allocate(8 + 8).put(0, (byte) type).array();
    }

    private static byte[] arp() {
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET_LENGTH + 28);
        putMacs(frame).putShort((short) 0x0806).putLong(0x0001_0800_0604_0001L);
        frame.putShort((short) 0x02aa).putInt(0x10).put(Address.parse(CLIENT).bytes());
        return frame.position(frame.position() + 6)
                .put(Address.parse(VIP).bytes())
                .array();
    }
}
