package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The Java engine's reading, planning and rewriting of one packet, each on its own, for tests that hold another engine
 * against it.
 */
public final class PacketTwin {
    private static final int HEADROOM = 256;
    private static final int FRAME_LENGTH = 4096;

    /** What the headers of an IP packet say; offsets from the start of the frame. */
    public record Headers(
            int networkOffset,
            int transportOffset,
            int ipLength,
            int protocol,
            int timeToLive,
            long source0,
            long source1,
            long destination0,
            long destination1) {}

    /** What addresses and ports become; ports as they stand in memory. */
    public record Endpoints(long source0, long source1, long destination0, long destination1, int ports) {}

    private final UnsafeBuffer frame = TestFrames.allocate(FRAME_LENGTH);
    private final SharedMemory memory = new SharedMemory(frame.addressOffset(), frame.capacity());
    private final PacketBatch batch = new PacketBatch();
    private final NextHopTable hops;
    private final InterfaceTable interfaces;
    private final Egress egress;

    /** On these tables. */
    public PacketTwin(final NextHopTable hops, final InterfaceTable interfaces) {
        this.hops = hops;
        this.interfaces = interfaces;
        egress = new Egress(hops, interfaces, null);
    }

    /** The kind of a packet, or a drop code. */
    public int read(final byte[] bytes) {
        frame.setMemory(0, FRAME_LENGTH, (byte) 0xa5);
        frame.putBytes(HEADROOM, bytes);
        batch.clear();
        batch.add(0, HEADROOM, bytes.length, 0);
        batch.kind(0, PacketParser.parse(memory, batch, 0));
        return batch.kind(0);
    }

    /** Whether the packet that was read is IP. */
    public boolean isIp() {
        return isTransport() || batch.kind(0) == PacketKind.ICMP || batch.kind(0) == PacketKind.ICMPV6;
    }

    /** Whether the packet that was read is TCP or UDP. */
    public boolean isTransport() {
        return PacketKind.isTransport(batch.kind(0));
    }

    /** Of the IP packet that was read. */
    public Headers headers() {
        return new Headers(
                networkOffset(),
                (int) batch.transportOffset(0) - HEADROOM,
                batch.ipLength(0),
                batch.protocol(0),
                batch.timeToLive(0),
                batch.source0(0),
                batch.source1(0),
                batch.destination0(0),
                batch.destination1(0));
    }

    /** Of the packet that was read, if it was not dropped. */
    public int networkOffset() {
        return (int) batch.networkOffset(0) - HEADROOM;
    }

    /** Of the TCP or UDP packet that was read. */
    public int ports() {
        return batch.ports(0);
    }

    /** Of the TCP packet that was read. */
    public int tcpFlags() {
        return batch.tcpFlags(0);
    }

    /** The interface by which the packet that was read leaves, or the complement of a drop code. */
    public int plan(final int hopIndex) {
        final int slot = egress.plan(batch, 0, hopIndex);
        return slot < 0 ? slot : interfaces.ifindex(slot);
    }

    /** The TCP or UDP packet that was read, as it leaves; a fragment's checksum is never computed afresh. */
    public byte[] rewrite(final int hopIndex, final Endpoints endpoints, final boolean isRecomputed) {
        final boolean recompute = isRecomputed && !FragmentWord.isFragment(batch.fragment(0));
        final Translation to = new Translation();
        to.source0 = endpoints.source0;
        to.source1 = endpoints.source1;
        to.destination0 = endpoints.destination0;
        to.destination1 = endpoints.destination1;
        to.ports = endpoints.ports;
        if (batch.kind(0) == PacketKind.TRANSPORT_IPV4) {
            PacketRewriter.rewriteIpv4(memory, batch, 0, to, recompute);
            LinkHeader.write(memory, batch, 0, hops, hopIndex, Ethernet.TYPE_IPV4_BE);
        } else {
            PacketRewriter.rewriteIpv6(memory, batch, 0, to, recompute);
            LinkHeader.write(memory, batch, 0, hops, hopIndex, Ethernet.TYPE_IPV6_BE);
        }
        final byte[] bytes = new byte[batch.length(0)];
        frame.getBytes(batch.packetOffset(0), bytes);
        return bytes;
    }
}
