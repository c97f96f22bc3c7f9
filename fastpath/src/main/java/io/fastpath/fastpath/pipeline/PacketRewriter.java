package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Translates a TCP or UDP packet in place: addresses, ports, one hop less to live, checksums. Checksums are carried on
 * incrementally (RFC 1624), so a wrong one stays wrong; where the sender leaves them to offload they are computed
 * afresh.
 *
 * <p>A UDP checksum of 0 means that there is none, and stays: in IPv4 by RFC 768, in IPv6 because a box in the middle
 * must let it pass (RFC 6936, 5) and the receiver judges it (RFC 8200, 8.1). A computed 0 is sent as 0xffff.
 */
final class PacketRewriter {
    /** {@code ~m + m'} of a 16-bit word that becomes one less: the TTL is the low byte of its word. */
    private static final long ONE_LESS = 0xfffeL;

    private static final long HIGH_HALF = 0xffff_ffff_0000_0000L;
    private static final int U16_MASK = 0xffff;

    private PacketRewriter() {}

    /** Rewrites an IPv4 packet. */
    static void rewriteIpv4(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final Translation to,
            final boolean recompute) {
        final long replaced = readdressIpv4(frames, batch, i, to);
        rewriteTransport(frames, batch, i, to.ports, replaced);
        if (recompute) {
            recomputeTransport(
                    frames,
                    batch,
                    i,
                    Checksum.ofInt(AddressDescriptor.ipv4Memory(to.source1))
                            + Checksum.ofInt(AddressDescriptor.ipv4Memory(to.destination1)));
        }
    }

    /** Rewrites the IPv4 header alone; answers what that adds to a checksum over the addresses. */
    static long readdressIpv4(final SharedMemory frames, final PacketBatch batch, final int i, final Translation to) {
        final long network = batch.networkOffset(i);
        final long old = frames.getLong(network + Ipv4.TTL_OFFSET); // TTL, protocol, checksum, source
        final int destination = AddressDescriptor.ipv4Memory(to.destination1);
        final long replaced =
                Checksum.replaceInt((int) (old >>> Integer.SIZE), AddressDescriptor.ipv4Memory(to.source1))
                        + Checksum.replaceInt(AddressDescriptor.ipv4Memory(batch.destination1(i)), destination);
        final long checksum = Checksum.update((int) (old >>> Short.SIZE), replaced + ONE_LESS);
        frames.putLong(
                network + Ipv4.TTL_OFFSET, (old & U16_MASK) - 1 | checksum << Short.SIZE | to.source1 & HIGH_HALF);
        frames.putInt(network + Ipv4.DESTINATION_OFFSET, destination);
        return replaced;
    }

    /** Rewrites an IPv6 packet. */
    static void rewriteIpv6(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final Translation to,
            final boolean recompute) {
        final long replaced = readdressIpv6(frames, batch, i, to);
        rewriteTransport(frames, batch, i, to.ports, replaced);
        if (recompute) {
            recomputeTransport(
                    frames,
                    batch,
                    i,
                    Checksum.ofLong(to.source0)
                            + Checksum.ofLong(to.source1)
                            + Checksum.ofLong(to.destination0)
                            + Checksum.ofLong(to.destination1));
        }
    }

    /** Rewrites the IPv6 header alone; answers what that adds to a checksum over the addresses. */
    static long readdressIpv6(final SharedMemory frames, final PacketBatch batch, final int i, final Translation to) {
        final long network = batch.networkOffset(i);
        final long replaced = Checksum.replaceLong(batch.source0(i), to.source0)
                + Checksum.replaceLong(batch.source1(i), to.source1)
                + Checksum.replaceLong(batch.destination0(i), to.destination0)
                + Checksum.replaceLong(batch.destination1(i), to.destination1);
        frames.putByte(network + Ipv6.HOP_LIMIT_OFFSET, (byte) (frames.getByte(network + Ipv6.HOP_LIMIT_OFFSET) - 1));
        frames.putLong(network + Ipv6.SOURCE_OFFSET, to.source0);
        frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, to.source1);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, to.destination0);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, to.destination1);
        return replaced;
    }

    /** Writes the ports, and carries the checksum on; {@code replaced} is what new addresses add to it. */
    static void rewriteTransport(
            final SharedMemory frames, final PacketBatch batch, final int i, final int ports, final long replaced) {
        final long transport = batch.transportOffset(i);
        final boolean isTcp = batch.protocol(i) == IpProtocol.TCP;
        final long checksumOffset = transport + (isTcp ? Tcp.CHECKSUM_OFFSET : Udp.CHECKSUM_OFFSET);
        final int checksum = frames.getShort(checksumOffset) & U16_MASK;
        frames.putInt(transport, ports);
        final int update = Checksum.update(checksum, replaced + Checksum.replaceInt(batch.ports(i), ports));
        if (isTcp) {
            frames.putShort(checksumOffset, (short) update);
        } else if (checksum != 0) {
            frames.putShort(checksumOffset, (short) (update == 0 ? U16_MASK : update));
        }
    }

    /** Computes the checksum of TCP or UDP afresh; {@code addresses} is what both of them add to the sum. */
    static void recomputeTransport(
            final SharedMemory frames, final PacketBatch batch, final int i, final long addresses) {
        final long transport = batch.transportOffset(i);
        if (batch.protocol(i) == IpProtocol.TCP) {
            final int length = batch.transportLength(i);
            frames.putShort(transport + Tcp.CHECKSUM_OFFSET, (short) 0);
            final long sum = addresses
                    + Checksum.ofPseudoHeader(IpProtocol.TCP, length)
                    + Checksum.sum(frames, transport, length);
            frames.putShort(transport + Tcp.CHECKSUM_OFFSET, (short) Checksum.finish(sum));
        } else if (frames.getShort(transport + Udp.CHECKSUM_OFFSET) != 0) {
            final int length = NetworkOrder.swap16(frames.getShort(transport + Udp.LENGTH_OFFSET));
            frames.putShort(transport + Udp.CHECKSUM_OFFSET, (short) 0);
            final long sum = addresses
                    + Checksum.ofPseudoHeader(IpProtocol.UDP, length)
                    + Checksum.sum(frames, transport, length);
            final int checksum = Checksum.finish(sum);
            frames.putShort(transport + Udp.CHECKSUM_OFFSET, (short) (checksum == 0 ? U16_MASK : checksum));
        }
    }
}
