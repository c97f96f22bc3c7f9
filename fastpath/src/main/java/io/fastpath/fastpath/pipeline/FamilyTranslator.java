package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * From one family into the other (full-nat): a header of the other family in front of TCP or UDP, as RFC 7915 has it for
 * translators that keep connections.
 *
 * <pre>
 *   traffic class   TOS, all eight bits, both ways
 *   flow label      0
 *   TTL             one less
 *   DF              IPv4 to IPv6: not looked at, for nothing is cut here; what does not fit is dropped. IPv6 to IPv4: set,
 *                   and the identification 0, but for packets of up to 1260 bytes: an IPv6 sender can't be told of a
 *                   path below 1280 (RFC 7915, 5.1). Their identification is the transport checksum, which tells
 *                   datagrams apart that differ, and stays the same in both engines.
 *   headers         extension headers, which have nothing to do any more, are left out (5.1); IPv4 options are refused
 *   UDP             a checksum is made where IPv4 had none (4.5); IPv6 has to have one
 * </pre>
 *
 * Fragments are refused: the checksum of a datagram is in its first one, and IPv6 has no room for half of an answer.
 */
final class FamilyTranslator {
    private static final int CUTTABLE = 1260; // bytes of an IPv4 packet that anybody on the way may cut (RFC 7915, 5.1)
    private static final int DO_NOT_FRAGMENT = Integer.reverseBytes(0x4000);
    private static final int TRAFFIC_CLASS_SHIFT = 20;
    private static final int U8_MASK = 0xff;
    private static final int U16_MASK = 0xffff;

    private FamilyTranslator() {}

    /** Whether a packet leaves in another family than it came in. */
    static boolean isAcross(final PacketBatch batch, final int i, final Translation to) {
        return AddressDescriptor.isIpv4(to.destination0, to.destination1) != FlowForwarder.isIpv4(batch, i);
    }

    /** What a packet itself speaks against its going across: a drop code, or 0. */
    static int refusal(final PacketBatch batch, final int i) {
        if (FragmentWord.isFragment(batch.fragment(i))) {
            return Verdict.DROP_FAMILY_FRAGMENT;
        }
        return FlowForwarder.isIpv4(batch, i) && headerLength(batch, i) != Ipv4.HEADER_LENGTH
                ? Verdict.DROP_FAMILY_OPTIONS
                : 0;
    }

    /** Bytes by which a packet grows that goes across. */
    static int surplus(final PacketBatch batch, final int i) {
        return newHeaderLength(batch, i) - headerLength(batch, i);
    }

    private static int headerLength(final PacketBatch batch, final int i) {
        return batch.ipLength(i) - batch.transportLength(i);
    }

    private static int newHeaderLength(final PacketBatch batch, final int i) {
        return FlowForwarder.isIpv4(batch, i) ? Ipv6.HEADER_LENGTH : Ipv4.HEADER_LENGTH;
    }

    /** Rewrites a packet that goes across, its link header included; the caller has checked that there is room. */
    static void rewrite(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final Translation to,
            final boolean recompute,
            final NextHopTable hops,
            final int hopIndex) {
        final int trafficClass = trafficClass(frames, batch, i);
        final long network = batch.networkOffset(i) - surplus(batch, i);
        final int length = batch.ipLength(i) + surplus(batch, i);
        rewriteTransport(frames, batch, i, to, recompute);
        if (FlowForwarder.isIpv4(batch, i)) {
            writeIpv6(frames, batch, i, to, network, length, trafficClass);
            LinkHeader.write(frames, batch, i, hops, hopIndex, Ethernet.TYPE_IPV6_BE, network, length);
        } else {
            writeIpv4(frames, batch, i, to, network, length, trafficClass);
            LinkHeader.write(frames, batch, i, hops, hopIndex, Ethernet.TYPE_IPV4_BE, network, length);
        }
    }

    /** All eight bits of TOS or traffic class. */
    private static int trafficClass(final SharedMemory frames, final PacketBatch batch, final int i) {
        final int bytes = frames.getShort(batch.networkOffset(i)) & U16_MASK;
        final int second = bytes >>> Byte.SIZE;
        return FlowForwarder.isIpv4(batch, i) ? second : (bytes & U8_MASK) << 4 & U8_MASK | second >>> 4;
    }

    private static void rewriteTransport(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final Translation to,
            final boolean recompute) {
        final long replaced = Checksum.replaceLong(batch.source0(i), to.source0)
                + Checksum.replaceLong(batch.source1(i), to.source1)
                + Checksum.replaceLong(batch.destination0(i), to.destination0)
                + Checksum.replaceLong(batch.destination1(i), to.destination1);
        PacketRewriter.rewriteTransport(frames, batch, i, to.ports, replaced);
        final long checksum = batch.transportOffset(i) + Udp.CHECKSUM_OFFSET;
        final boolean isMissing =
                batch.protocol(i) == IpProtocol.UDP && FlowForwarder.isIpv4(batch, i) && frames.getShort(checksum) == 0;
        if (isMissing) {
            frames.putShort(checksum, (short) -1); // any: it is to be there, and computed
        }
        if (isMissing || recompute) {
            PacketRewriter.recomputeTransport(
                    frames,
                    batch,
                    i,
                    Checksum.ofLong(to.source0)
                            + Checksum.ofLong(to.source1)
                            + Checksum.ofLong(to.destination0)
                            + Checksum.ofLong(to.destination1));
        }
    }

    private static void writeIpv4(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final Translation to,
            final long network,
            final int length,
            final int trafficClass) {
        final boolean isTcp = batch.protocol(i) == IpProtocol.TCP;
        final long checksumOffset = batch.transportOffset(i) + (isTcp ? Tcp.CHECKSUM_OFFSET : Udp.CHECKSUM_OFFSET);
        final int first = Integer.reverseBytes(0x4500_0000 | trafficClass << Short.SIZE | length);
        final int second = length > CUTTABLE ? DO_NOT_FRAGMENT : frames.getShort(checksumOffset) & U16_MASK;
        final int third = batch.timeToLive(i) - 1 | batch.protocol(i) << Byte.SIZE;
        final int source = AddressDescriptor.ipv4Memory(to.source1);
        final int destination = AddressDescriptor.ipv4Memory(to.destination1);
        final int checksum = Checksum.finish(Checksum.ofInt(first)
                + Checksum.ofInt(second)
                + Checksum.ofInt(third)
                + Checksum.ofInt(source)
                + Checksum.ofInt(destination));
        frames.putInt(network, first);
        frames.putInt(network + Integer.BYTES, second);
        frames.putInt(network + Ipv4.TTL_OFFSET, third | checksum << Short.SIZE);
        frames.putInt(network + Ipv4.SOURCE_OFFSET, source);
        frames.putInt(network + Ipv4.DESTINATION_OFFSET, destination);
    }

    private static void writeIpv6(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final Translation to,
            final long network,
            final int length,
            final int trafficClass) {
        frames.putInt(network, Integer.reverseBytes(0x6000_0000 | trafficClass << TRAFFIC_CLASS_SHIFT));
        frames.putInt(
                network + Integer.BYTES,
                Integer.reverseBytes((length - Ipv6.HEADER_LENGTH) << Short.SIZE
                        | batch.protocol(i) << Byte.SIZE
                        | batch.timeToLive(i) - 1));
        frames.putLong(network + Ipv6.SOURCE_OFFSET, to.source0);
        frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, to.source1);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, to.destination0);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, to.destination1);
    }
}
