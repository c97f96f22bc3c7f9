package io.fastpath.bench.suite;

import io.fastpath.bench.stage.Connections;
import io.fastpath.bench.stage.FrameWriter;
import io.fastpath.bench.stage.MemoryBalancer;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.Pipeline;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Question: what does it cost to know what a packet is? The same number says how many malformed packets a worker can bear.
 *
 * <p>Workload: a batch of 64 smallest frames of one kind, right in everything but the last that the parser looks at, a
 * length in the transport header. So the parser does all its work, IPv4 checksum included, and the pipeline drops the packet
 * before it would look it up; the drop is counted. The frames stay as they are and in the caches, one per 2 KiB. The hash of
 * the tuple is not part of it: that is in {@link FlowLookupBench}. Per packet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParseBench {
    private static final int FRAME_LENGTH = 2048;
    private static final int PACKET_OFFSET = 256;
    private static final int NOW_NS = 1;
    private static final byte TCP_DATA_OFFSET = 0x40; // four words, five are the least
    private static final byte UDP_LENGTH = 7; // eight are the least
    private static final Address VIP6 = Address.parse("2001:db8:7::100");

    @Param({"tcp4", "udp4", "tcp6"})
    public String packet;

    private final UnsafeBuffer umem = new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(PacketBatch.CAPACITY * FRAME_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final FrameWriter writer = new FrameWriter(umem);
    private final PacketBatch batch = new PacketBatch();
    private Pipeline pipeline;

    /** Writes the batch. */
    @Setup
    public void write() {
        final MemoryBalancer balancer = new MemoryBalancer(1, Forwarding.FULL_NAT);
        pipeline = new Pipeline(balancer.pipelineContext()
                .frames(umem)
                .frameLength(FRAME_LENGTH)
                .conclude());
        batch.clear();
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            final int frame = i * FRAME_LENGTH;
            batch.add(frame, frame + PACKET_OFFSET, write(frame + PACKET_OFFSET, i), balancer.clientsSlot());
        }
        parse();
        final Counter verdict = "udp4".equals(packet) ? Counter.DROP_UDP_LENGTH : Counter.DROP_TCP_HEADER;
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            if (batch.verdict(i) != verdict.code()) {
                throw new IllegalStateException("a packet ended as " + Counter.ofCode(batch.verdict(i)));
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(PacketBatch.CAPACITY)
    public int parse() {
        pipeline.process(batch, NOW_NS);
        pipeline.count(batch);
        return batch.verdict(0);
    }

    private int write(final int offset, final int number) {
        final int network = offset + Ethernet.HEADER_LENGTH;
        final int ports = Connections.ports(number, MemoryBalancer.VIP_PORT_BE);
        if ("tcp6".equals(packet)) {
            writer.ipv6Tcp(offset, VIP6.word0(), number, VIP6.word0(), VIP6.word1(), ports, TcpFlags.ACK);
            umem.putByte(network + Ipv6.HEADER_LENGTH + Tcp.DATA_OFFSET_OFFSET, TCP_DATA_OFFSET);
            return FrameWriter.IPV6_TCP_LENGTH;
        }
        final boolean isTcp = "tcp4".equals(packet);
        final int protocol = (isTcp ? Protocol.TCP : Protocol.UDP).number();
        final int vip = AddressDescriptor.ipv4Memory(MemoryBalancer.vipWord1());
        writer.ipv4(offset, Connections.clientMemory(number), vip, ports, protocol, TcpFlags.ACK);
        final int transport = network + Ipv4.HEADER_LENGTH;
        if (isTcp) {
            umem.putByte(transport + Tcp.DATA_OFFSET_OFFSET, TCP_DATA_OFFSET);
        } else {
            umem.putByte(transport + Udp.LENGTH_OFFSET + 1, UDP_LENGTH);
        }
        return FrameWriter.IPV4_LENGTH;
    }
}
