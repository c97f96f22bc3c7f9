package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Outer headers in front of a packet that is finished otherwise.
 *
 * <pre>
 *   dsr-ipip: | Ethernet, tags | outer IPv4 or IPv6 | packet |          RFC 2003, RFC 2473, RFC 4213
 *   dsr-gue:  | Ethernet, tags | outer IPv4 or IPv6 | UDP | packet |    draft-ietf-intarea-gue, variant 1
 *   dsr-geneve: | Ethernet, tags | outer IPv4 or IPv6 | UDP | Geneve, option | packet |    RFC 8926
 * </pre>
 *
 * The outer family is the backend's, whatever the packet's. Outer source: the configured prefix, its free bits among the
 * last 32 from the flow's hash, so that a backend's NIC spreads flows over its queues; the UDP source port and IPv6's flow
 * label are from the hash too. Outer TTL 64; DSCP is the packet's; ECN is not-ECT (RFC 6040, 4.3: the receiver need not
 * know of it); DF is set, and so the identification is 0 (RFC 6864, 4.1). UDP goes without a checksum: in IPv4 by RFC
 * 768, in IPv6 by RFC 6935, 5, for the packet within has its own. GUE's variant 1 has no header but UDP's: the version in
 * the packet's first byte tells what follows.
 *
 * <p>Geneve: version 0, neither control nor critical, the packet's EtherType, network 0, and one option:
 *
 * <pre>
 *    0                   1                   2                   3
 *   +-------------------------------+---------------+-----+---------+
 *   | class 0xff46                  | type 1 or 2   | 0   | 2 or 5  |   an experimental class; length in words of 4 bytes
 *   +-------------------------------+---------------+-----+---------+
 *   | VIP: 4 bytes (type 1, IPv4) or 16 (type 2, IPv6)              |
 *   +-------------------------------+-------------------------------+
 *   | port                          | 0                             |
 *   +-------------------------------+-------------------------------+
 * </pre>
 *
 * One thread.
 */
final class Encapsulation {
    private static final int DSR_IPIP = Forwarding.DSR_IPIP.code();
    private static final int DSR_GUE = Forwarding.DSR_GUE.code();
    private static final int PROTOCOL_IPIP = 4;
    private static final int PROTOCOL_UDP = 17;
    private static final int PROTOCOL_IPV6 = 41;
    private static final int TIME_TO_LIVE = 64;
    private static final int PORT_MIN = 0xc000;
    private static final int PORT_MASK = 0x3fff;
    private static final int DSCP_MASK = 0xfc;
    private static final int FLOW_LABEL_MASK = 0xfffff;
    private static final int U16_MASK = 0xffff;
    private static final int GENEVE_LENGTH = 8;
    private static final int GENEVE_OPTION_LENGTH = 4; // before the VIP, and of port and zero behind it
    private static final int GENEVE_LENGTH_SHIFT = 24;
    private static final int GENEVE_VIP4 = 0xff46_0100;
    private static final int GENEVE_VIP6 = 0xff46_0200;
    private static final int LAST_WORD_OFFSET = 12;
    private static final long IPV6_SOURCE = ConfigDescriptor.TUNNEL_SOURCE_OFFSET + AddressDescriptor.LENGTH;
    private static final long IPV6_MASK = ConfigDescriptor.TUNNEL_MASK_BE_OFFSET + Integer.BYTES;

    private final SharedMemory frames;
    private final SharedMemory config;

    Encapsulation(final SharedMemory frames, final SharedMemory config) {
        this.frames = frames;
        this.config = config;
    }

    /** What the outer headers to a backend take; the largest packet that fits is the hop's MTU less this. */
    static int outerLength(final int forwardingCode, final boolean isBackendIpv4, final boolean isPacketIpv4) {
        final int length = isBackendIpv4 ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH;
        if (forwardingCode == DSR_IPIP) {
            return length;
        }
        if (forwardingCode == DSR_GUE) {
            return length + Udp.HEADER_LENGTH;
        }
        return length + Udp.HEADER_LENGTH + GENEVE_LENGTH + optionLength(isPacketIpv4);
    }

    private static int optionLength(final boolean isIpv4) {
        return 2 * GENEVE_OPTION_LENGTH + (isIpv4 ? Integer.BYTES : AddressDescriptor.LENGTH);
    }

    /**
     * Writes the outer headers to a backend, and the header of its hop, in front of a packet; the caller has checked that
     * there is room.
     *
     * @param hash of the flow
     * @param vipPortBe the port that the client speaks to
     */
    void write(
            final PacketBatch batch,
            final int i,
            final NextHopTable hops,
            final int hopIndex,
            final int forwardingCode,
            final long backend0,
            final long backend1,
            final int hash,
            final int vipPortBe) {
        final boolean isIpv4 = AddressDescriptor.isIpv4(backend0, backend1);
        final int outerLength = outerLength(forwardingCode, isIpv4, FlowForwarder.isIpv4(batch, i));
        final int length = outerLength + batch.ipLength(i);
        final long outer = batch.networkOffset(i) - outerLength;
        final int dscp = dscp(batch, i);
        final int protocol = protocol(batch, i, forwardingCode);
        if (isIpv4) {
            writeIpv4(outer, AddressDescriptor.ipv4Memory(backend1), hash, dscp, length, protocol);
        } else {
            writeIpv6(outer, backend0, backend1, hash, dscp, length, protocol);
        }
        if (forwardingCode != DSR_IPIP) {
            final long udp = outer + (isIpv4 ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH);
            final int port = forwardingCode == DSR_GUE
                    ? ConfigDescriptor.GUE_PORT_BE_OFFSET
                    : ConfigDescriptor.GENEVE_PORT_BE_OFFSET;
            writeUdp(udp, config.getShort(port), hash, (int) (outer + length - udp));
        }
        if (forwardingCode > DSR_GUE) {
            writeGeneve(batch, i, vipPortBe);
        }
        final int type = isIpv4 ? Ethernet.TYPE_IPV4_BE : Ethernet.TYPE_IPV6_BE;
        LinkHeader.write(frames, batch, i, hops, hopIndex, type, outer, length);
    }

    private static int protocol(final PacketBatch batch, final int i, final int forwardingCode) {
        if (forwardingCode != DSR_IPIP) {
            return PROTOCOL_UDP;
        }
        return FlowForwarder.isIpv4(batch, i) ? PROTOCOL_IPIP : PROTOCOL_IPV6;
    }

    /** DSCP of the packet, in the place that it has in IPv4's second byte. */
    private int dscp(final PacketBatch batch, final int i) {
        final int bytes = frames.getShort(batch.networkOffset(i)) & U16_MASK;
        final int first = bytes & 0xff;
        final int second = bytes >>> Byte.SIZE;
        return (FlowForwarder.isIpv4(batch, i) ? second : first << 4 | second >>> 4) & DSCP_MASK;
    }

    private void writeIpv4(
            final long outer,
            final int destination,
            final int hash,
            final int dscp,
            final int length,
            final int protocol) {
        final int versionWord = Integer.reverseBytes(0x4500_0000 | dscp << Short.SIZE | length & U16_MASK);
        final int fragmentWord = Integer.reverseBytes(0x4000);
        final int protocolWord = TIME_TO_LIVE | protocol << Byte.SIZE;
        final int source = config.getInt(ConfigDescriptor.TUNNEL_SOURCE_OFFSET + LAST_WORD_OFFSET)
                | hash & config.getInt(ConfigDescriptor.TUNNEL_MASK_BE_OFFSET);
        final int checksum = Checksum.finish(Checksum.ofInt(versionWord)
                + Checksum.ofInt(fragmentWord)
                + Checksum.ofInt(protocolWord)
                + Checksum.ofInt(source)
                + Checksum.ofInt(destination));
        frames.putInt(outer, versionWord);
        frames.putInt(outer + Integer.BYTES, fragmentWord);
        frames.putInt(outer + Ipv4.TTL_OFFSET, protocolWord | checksum << Short.SIZE);
        frames.putInt(outer + Ipv4.SOURCE_OFFSET, source);
        frames.putInt(outer + Ipv4.DESTINATION_OFFSET, destination);
    }

    private void writeIpv6(
            final long outer,
            final long backend0,
            final long backend1,
            final int hash,
            final int dscp,
            final int length,
            final int protocol) {
        final int source = config.getInt(IPV6_SOURCE + LAST_WORD_OFFSET) | hash & config.getInt(IPV6_MASK);
        frames.putInt(outer, Integer.reverseBytes(0x6000_0000 | dscp << 20 | hash & FLOW_LABEL_MASK));
        frames.putInt(
                outer + Integer.BYTES,
                Integer.reverseBytes(
                        (length - Ipv6.HEADER_LENGTH) << Short.SIZE | protocol << Byte.SIZE | TIME_TO_LIVE));
        frames.putLong(outer + Ipv6.SOURCE_OFFSET, config.getLong(IPV6_SOURCE));
        frames.putInt(outer + Ipv6.SOURCE_OFFSET + Long.BYTES, config.getInt(IPV6_SOURCE + Long.BYTES));
        frames.putInt(outer + Ipv6.SOURCE_OFFSET + LAST_WORD_OFFSET, source);
        frames.putLong(outer + Ipv6.DESTINATION_OFFSET, backend0);
        frames.putLong(outer + Ipv6.DESTINATION_OFFSET + Long.BYTES, backend1);
    }

    private void writeUdp(final long udp, final short portBe, final int hash, final int length) {
        frames.putShort(udp, (short) NetworkOrder.swap16((short) (PORT_MIN | hash & PORT_MASK)));
        frames.putShort(udp + Short.BYTES, portBe);
        frames.putShort(udp + Udp.LENGTH_OFFSET, (short) NetworkOrder.swap16((short) length));
        frames.putShort(udp + Udp.CHECKSUM_OFFSET, (short) 0);
    }

    private void writeGeneve(final PacketBatch batch, final int i, final int vipPortBe) {
        final boolean isIpv4 = FlowForwarder.isIpv4(batch, i);
        final int optionLength = optionLength(isIpv4);
        final int dataWords = (optionLength - GENEVE_OPTION_LENGTH) / Integer.BYTES;
        final int type = isIpv4 ? Ethernet.TYPE_IPV4_BE : Ethernet.TYPE_IPV6_BE;
        final long option = batch.networkOffset(i) - optionLength;
        frames.putInt(
                option - GENEVE_LENGTH,
                Integer.reverseBytes(optionLength / Integer.BYTES << GENEVE_LENGTH_SHIFT) | type << Short.SIZE);
        frames.putInt(option - GENEVE_LENGTH + Integer.BYTES, 0);
        frames.putInt(option, Integer.reverseBytes((isIpv4 ? GENEVE_VIP4 : GENEVE_VIP6) | dataWords));
        final long vip = option + GENEVE_OPTION_LENGTH;
        if (isIpv4) {
            frames.putInt(vip, AddressDescriptor.ipv4Memory(batch.destination1(i)));
        } else {
            frames.putLong(vip, batch.destination0(i));
            frames.putLong(vip + Long.BYTES, batch.destination1(i));
        }
        frames.putInt(batch.networkOffset(i) - GENEVE_OPTION_LENGTH, vipPortBe & U16_MASK);
    }
}
