package io.fastpath.bench.stage;

import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.lb.Endpoint;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the smallest frames there are, all lengths and checksums right. One thread per object; fails with an
 * IndexOutOfBoundsException outside of the buffer.
 */
public final class FrameWriter {
    /** Bytes of an IPv4 frame without its check sequence: with it, the 64 that Ethernet asks for. */
    public static final int IPV4_LENGTH = 60;

    /** Bytes of an IPv6 frame with a bare TCP header; Ethernet's minimum is passed. */
    public static final int IPV6_TCP_LENGTH = Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH + Tcp.HEADER_LENGTH;

    private static final long DESTINATION_MAC = 0x0300_0000_fc02L; // 02:fc:00:00:00:03
    private static final long SOURCE_MAC = 0xfe00_0000_aa02L; // 02:aa:00:00:00:fe
    private static final byte IPV4_FIRST = 0x45;
    private static final byte IPV6_FIRST = 0x60;
    private static final byte TTL = 64;
    private static final byte TCP_DATA_OFFSET = 0x50;
    private static final int U16_MASK = 0xffff;
    private static final int IP_LENGTH = IPV4_LENGTH - Ethernet.HEADER_LENGTH;

    private final UnsafeBuffer frames;

    /**
     * A writer.
     *
     * @param frames where to
     */
    public FrameWriter(final UnsafeBuffer frames) {
        this.frames = frames;
    }

    /**
     * Writes a frame of {@link #IPV4_LENGTH} bytes.
     *
     * @param offset of its first byte
     * @param source address, four bytes as they stand in memory
     * @param destination address, four bytes as they stand in memory
     * @param ports as they stand at the head of the transport header
     * @param protocol TCP or UDP
     * @param tcpFlags the flags byte; not used for UDP
     */
    public void ipv4(
            final int offset,
            final int source,
            final int destination,
            final int ports,
            final int protocol,
            final int tcpFlags) {
        final int network = offset + Ethernet.HEADER_LENGTH;
        frames.setMemory(offset, IPV4_LENGTH, (byte) 0);
        link(offset, Ethernet.TYPE_IPV4_BE);
        frames.putByte(network, IPV4_FIRST);
        frames.putShort(network + Ipv4.TOTAL_LENGTH_OFFSET, (short) Endpoint.portBe(IP_LENGTH));
        frames.putByte(network + Ipv4.TTL_OFFSET, TTL);
        frames.putByte(network + Ipv4.PROTOCOL_OFFSET, (byte) protocol);
        frames.putInt(network + Ipv4.SOURCE_OFFSET, source);
        frames.putInt(network + Ipv4.DESTINATION_OFFSET, destination);
        frames.putShort(network + Ipv4.CHECKSUM_OFFSET, checksum(sum(network, Ipv4.HEADER_LENGTH)));
        final int addresses = sum(network + Ipv4.SOURCE_OFFSET, 2 * Integer.BYTES);
        transport(network + Ipv4.HEADER_LENGTH, IP_LENGTH - Ipv4.HEADER_LENGTH, ports, protocol, tcpFlags, addresses);
    }

    /**
     * Writes a TCP segment without data, {@link #IPV6_TCP_LENGTH} bytes.
     *
     * @param offset of its first byte
     * @param source0 source address, word 0
     * @param source1 source address, word 1
     * @param destination0 destination address, word 0
     * @param destination1 destination address, word 1
     * @param ports as they stand at the head of the transport header
     * @param tcpFlags the flags byte
     */
    public void ipv6Tcp(
            final int offset,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int tcpFlags) {
        final int network = offset + Ethernet.HEADER_LENGTH;
        frames.setMemory(offset, IPV6_TCP_LENGTH, (byte) 0);
        link(offset, Ethernet.TYPE_IPV6_BE);
        frames.putByte(network, IPV6_FIRST);
        frames.putShort(network + Ipv6.PAYLOAD_LENGTH_OFFSET, (short) Endpoint.portBe(Tcp.HEADER_LENGTH));
        frames.putByte(network + Ipv6.NEXT_HEADER_OFFSET, (byte) IpProtocol.TCP);
        frames.putByte(network + Ipv6.HOP_LIMIT_OFFSET, TTL);
        frames.putLong(network + Ipv6.SOURCE_OFFSET, source0);
        frames.putLong(network + Ipv6.SOURCE_OFFSET + AddressDescriptor.WORD1_OFFSET, source1);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, destination0);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + AddressDescriptor.WORD1_OFFSET, destination1);
        final int addresses = sum(network + Ipv6.SOURCE_OFFSET, 2 * AddressDescriptor.LENGTH);
        transport(network + Ipv6.HEADER_LENGTH, Tcp.HEADER_LENGTH, ports, IpProtocol.TCP, tcpFlags, addresses);
    }

    private void link(final int offset, final int typeBe) {
        frames.putLong(offset, DESTINATION_MAC | SOURCE_MAC << 48);
        frames.putInt(offset + Long.BYTES, (int) (SOURCE_MAC >>> Short.SIZE));
        frames.putShort(offset + Ethernet.TYPE_OFFSET, (short) typeBe);
    }

    private void transport(
            final int offset,
            final int length,
            final int ports,
            final int protocol,
            final int tcpFlags,
            final int addresses) {
        frames.putInt(offset, ports);
        final int checksumOffset;
        if (protocol == IpProtocol.TCP) {
            frames.putByte(offset + Tcp.DATA_OFFSET_OFFSET, TCP_DATA_OFFSET);
            frames.putByte(offset + Tcp.FLAGS_OFFSET, (byte) tcpFlags);
            checksumOffset = offset + Tcp.CHECKSUM_OFFSET;
        } else {
            frames.putShort(offset + Udp.LENGTH_OFFSET, (short) Endpoint.portBe(length));
            checksumOffset = offset + Udp.CHECKSUM_OFFSET;
        }
        final int pseudoHeader = addresses + (protocol << Byte.SIZE) + Endpoint.portBe(length);
        frames.putShort(checksumOffset, checksum(pseudoHeader + sum(offset, length)));
    }

    /** Of words of 16 bits as they stand in memory (RFC 1071); an even number of bytes. */
    private int sum(final int offset, final int length) {
        int sum = 0;
        for (int i = 0; i < length; i += Short.BYTES) {
            sum += frames.getShort(offset + i) & U16_MASK;
        }
        return sum;
    }

    private static short checksum(final int sum) {
        final int once = (sum & U16_MASK) + (sum >>> Short.SIZE);
        return (short) ~(once + (once >>> Short.SIZE));
    }
}
