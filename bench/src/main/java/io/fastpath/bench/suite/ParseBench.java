package io.fastpath.bench.suite;

import io.fastpath.bench.stage.Connections;
import io.fastpath.bench.stage.FrameWriter;
import io.fastpath.bench.stage.MemoryBalancer;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.ParserDoor;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import java.util.SplittableRandom;
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
 * Question: what does it cost to know what a packet is, its checksum checked and its tuple hashed?
 *
 * <p>Workload: a batch of 64 smallest frames of one kind, of 64 clients, one per UMEM frame of 2 KiB, parsed again and
 * again, so that they stay in the caches. Per packet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParseBench {
    private static final int FRAME_LENGTH = 2048;
    private static final int PACKET_OFFSET = 256;
    private static final long HASH_KEY_SEED = 1;
    private static final Address VIP6 = Address.parse("2001:db8:7::100");

    @Param({"tcp4", "udp4", "tcp6"})
    public String packet;

    private final UnsafeBuffer umem = new UnsafeBuffer(
            BufferUtil.allocateDirectAligned(PacketBatch.CAPACITY * FRAME_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final FrameWriter writer = new FrameWriter(umem);
    private final PacketBatch batch = new PacketBatch();
    private ParserDoor parser;

    /** Writes the batch. */
    @Setup
    public void write() {
        parser = new ParserDoor(
                umem,
                new TupleHash(new SplittableRandom(HASH_KEY_SEED)
                        .longs(ConfigDescriptor.HASH_KEY_WORDS)
                        .toArray()));
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            final int frame = i * FRAME_LENGTH;
            batch.add(frame, frame + PACKET_OFFSET, write(frame + PACKET_OFFSET, i), 0);
        }
        parser.parse(batch);
        if (!ParserDoor.isTransport(batch)) {
            throw new IllegalStateException("not all packets are what they should be");
        }
    }

    @Benchmark
    @OperationsPerInvocation(PacketBatch.CAPACITY)
    public PacketBatch parse() {
        parser.parse(batch);
        return batch;
    }

    private int write(final int offset, final int number) {
        final int ports = Connections.ports(number, MemoryBalancer.VIP_PORT_BE);
        if ("tcp6".equals(packet)) {
            writer.ipv6Tcp(offset, VIP6.word0(), number, VIP6.word0(), VIP6.word1(), ports, TcpFlags.ACK);
            return FrameWriter.IPV6_TCP_LENGTH;
        }
        final Protocol protocol = "udp4".equals(packet) ? Protocol.UDP : Protocol.TCP;
        final int vip = AddressDescriptor.ipv4Memory(MemoryBalancer.vipWord1());
        writer.ipv4(offset, Connections.clientMemory(number), vip, ports, protocol.number(), TcpFlags.ACK);
        return FrameWriter.IPV4_LENGTH;
    }
}
