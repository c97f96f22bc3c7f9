package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** A million packets of all sorts, connections opened and swept among them, and not one byte of heap. */
class ZeroAllocationTest {
    private static final int ROUNDS = 20_000;
    private static final int ATTEMPTS = 5;
    private static final int FRAME_LENGTH = 2048;
    private static final int HEADROOM = 256;

    private final TestBalancer balancer =
            new TestBalancer().usualServices().snatPorts(1024, 65535).start();
    private final UnsafeBuffer umem = TestFrames.allocate(PacketBatch.CAPACITY * FRAME_LENGTH);
    private final PipelineContext context = balancer.context()
            .frames(umem)
            .frameLength(FRAME_LENGTH)
            .rowIndex(5)
            .nextHopRequests(index -> {})
            .conclude();
    private final Pipeline pipeline = new Pipeline(context);
    private final FlowSweeper sweeper =
            new FlowSweeper(context.flowTable(), 0, 1, context.nextHopTable()::isForgettable);
    private final PacketBatch batch = new PacketBatch();
    private final List<byte[]> frames = List.of(
            Frames.request().build(),
            Frames.reply().build(),
            Frames.request().flags(ACK).payload(100).build(),
            PacketBuilder.udp(CLIENT, 1, VIP, 80).build(),
            PacketBuilder.udp(CLIENT6, 1, VIP6, 90).vlan(7).build(),
            PacketBuilder.echo(CLIENT, VIP, false).build(),
            PacketBuilder.solicitation(CLIENT6, VIP6, VIP6).build(),
            PacketBuilder.tcp(CLIENT, 1, VIP, 81).build(),
            Frames.request().patchFinal(10, 0, 0).build(),
            ArpBuilder.arp(
                    ArpBuilder.REQUEST,
                    TestBalancer.CLIENT_MAC,
                    CLIENT,
                    "00:00:00:00:00:00",
                    VIP,
                    "ff:ff:ff:ff:ff:ff"));
    private long nowNs = balancer.nowNs();
    private int port;

    /**
     * The JVM makes a few strings on this thread when it discards optimised code, so the million is tried again until the
     * compiler has settled: what is allocated per packet, or per new connection, would show each time.
     */
    @Test
    void shouldAllocateNothing() {
        final long openedBefore = balancer.count(Counter.FLOW_OPENED);
        play(ROUNDS / 2);
        long allocated = -1;
        for (int attempt = 0; attempt < ATTEMPTS && allocated != 0; attempt++) {
            allocated = allocatedBy(ROUNDS);
        }
        assertThat(allocated).as("bytes for %d packets", ROUNDS * 50).isZero();
        assertThat(balancer.count(Counter.FLOW_OPENED) - openedBefore).isGreaterThan(ROUNDS);
        assertThat(balancer.count(Counter.FLOW_CLOSED)).isGreaterThan(ROUNDS);
    }

    private long allocatedBy(final int rounds) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long self = Thread.currentThread().getId();
        final long before = threads.getThreadAllocatedBytes(self);
        play(rounds);
        return threads.getThreadAllocatedBytes(self) - before;
    }

    /** Fifty packets a round; each round's UDP clients are new. */
    private void play(final int rounds) {
        for (int round = 0; round < rounds; round++) {
            batch.clear();
            for (int i = 0; i < 50; i++) {
                final byte[] frame = frames.get(i % frames.size());
                final int offset = i * FRAME_LENGTH + HEADROOM;
                umem.putBytes(offset, frame);
                if (i % frames.size() == 3) {
                    port = port + 1 & 0xffff;
                    umem.putShort(offset + 34, (short) port);
                }
                batch.add(i * FRAME_LENGTH, offset, frame.length, CLIENTS);
            }
            pipeline.process(batch, nowNs);
            pipeline.count(batch);
            nowNs += 100_000_000L;
            sweeper.sweep(FlowDescriptor.ticks(nowNs), 64);
        }
    }
}
