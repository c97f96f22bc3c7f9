package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.Protocol;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * Two million frames that nobody should send, through a whole pipeline with bounds checks on. The last packet of a batch
 * ends where the memory ends, the first of a full one may begin where it begins, and all bytes between packets are
 * watched.
 */
class PipelineFuzzTest {
    private static final int FRAME_COUNT = 2_000_000;
    private static final int CHUNK = 320;
    private static final byte CANARY = (byte) 0xa5;
    private static final int MAINTENANCE_INTERVAL = 256; // batches
    private static final long BATCH_NS = 20_000_000L;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final TestBalancer balancer = new TestBalancer()
            .usualServices()
            .snatPorts(40000, 40063)
            .flowSlots(1024)
            .interfaceFlags(0, InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM)
            .errorsPerSecond(Integer.MAX_VALUE)
            .start();
    private final byte[] memory = new byte[CHUNK * PacketBatch.CAPACITY];
    private final UnsafeBuffer umem = TestFrames.allocate(memory.length);
    private final PipelineContext context =
            balancer.context().frames(umem).frameLength(CHUNK).rowIndex(5).conclude();
    private final Pipeline pipeline = new Pipeline(context);
    private final FlowSweeper sweeper =
            new FlowSweeper(context.flowTable(), 0, 1, context.nextHopTable()::isForgettable);
    private final PacketBatch batch = new PacketBatch();
    private final FrameMutator mutator = new FrameMutator(random, bases());
    private final byte[][] received = new byte[PacketBatch.CAPACITY][];
    private final int[] offsets = new int[PacketBatch.CAPACITY];
    private final Set<Counter> verdicts = EnumSet.noneOf(Counter.class);
    private long nowNs = balancer.nowNs();

    @Test
    void shouldGiveAnyFrameOneVerdictAndTouchNothingElse() {
        int done = 0;
        try {
            for (int round = 0; done < FRAME_COUNT; round++) {
                fill();
                umem.putBytes(0, memory);
                pipeline.process(batch, nowNs);
                pipeline.count(batch);
                umem.getBytes(0, memory);
                check();
                done += batch.count();
                nowNs += BATCH_NS;
                if (round % MAINTENANCE_INTERVAL == 0) {
                    maintain(round);
                }
            }
        } catch (final RuntimeException ex) {
            throw new AssertionError("seed " + seed + " after " + done + " frames", ex);
        }
        checkTotals(done);
    }

    private void fill() {
        batch.clear();
        final int count = Math.min(PacketBatch.CAPACITY, 1 + random.nextInt(PacketBatch.CAPACITY * 3 / 2));
        Arrays.fill(memory, CANARY);
        for (int i = 0; i < count; i++) {
            final byte[] frame = mutator.next();
            final int room = CHUNK - frame.length;
            final boolean atEnd = i == count - 1 || random.nextBoolean();
            final int chunk = memory.length - (count - i) * CHUNK;
            final int offset = chunk + (atEnd ? room : random.nextInt(Math.min(room, 12)));
            System.arraycopy(frame, 0, memory, offset, frame.length);
            received[i] = frame;
            offsets[i] = offset;
            final int ifindex = random.nextInt(4) == 0 ? TestBalancer.SERVERS : TestBalancer.CLIENTS;
            batch.add(chunk, offset, frame.length, balancer.slot(ifindex));
        }
    }

    private void check() {
        for (int i = 0; i < batch.count(); i++) {
            final Counter verdict = Counter.ofCode(batch.verdict(i));
            verdicts.add(verdict);
            final boolean isSent = batch.egressSlot(i) != PacketBatch.NONE;
            final int from = isSent ? Math.min(offsets[i], batch.packetOffset(i)) : offsets[i];
            final int receivedEnd = offsets[i] + received[i].length;
            final int to = isSent ? Math.max(receivedEnd, batch.packetOffset(i) + batch.length(i)) : receivedEnd;
            checkCanaries(i, from, to);
            if (isSent) {
                checkSent(i, verdict);
            } else if (!verdict.isDrop() && verdict != Counter.CONSUMED_ARP
                    || !Arrays.equals(memory, from, to, received[i], 0, received[i].length)) {
                throw new AssertionError("seed " + seed + ": " + verdict + " changed " + hex(received[i]));
            }
        }
    }

    private void checkCanaries(final int i, final int from, final int to) {
        final int chunk = batch.frameOffset(i);
        for (int offset = chunk; offset < chunk + CHUNK; offset++) {
            if ((offset < from || offset >= to) && memory[offset] != CANARY) {
                throw new AssertionError("seed " + seed + ": byte " + offset + " outside of " + from + ".." + to
                        + " written for " + hex(received[i]));
            }
        }
    }

    private void checkSent(final int i, final Counter verdict) {
        final int start = batch.packetOffset(i);
        if (verdict.isDrop()
                || start < batch.frameOffset(i)
                || start + batch.length(i) > batch.frameOffset(i) + CHUNK) {
            throw new AssertionError("seed " + seed + ": " + verdict + " sent for " + hex(received[i]));
        }
        final byte[] sent = Arrays.copyOfRange(memory, start, start + batch.length(i));
        if (verdict != Counter.ANSWERED_ARP
                && FrameChecks.areChecksumsRight(received[i])
                && !FrameChecks.areChecksumsRight(sent)) {
            throw new AssertionError("seed " + seed + ": checksum broken: " + hex(received[i]) + " -> " + hex(sent));
        }
    }

    private void maintain(final int round) {
        sweeper.sweep(FlowDescriptor.ticks(nowNs), 1024);
        if (round % (16 * MAINTENANCE_INTERVAL) == 0) {
            FlowInvariants.check(balancer.tables().region(MapNames.FLOWS), "seed " + seed);
            balancer.routesChanged();
            balancer.hopsStale();
            balancer.learnNeighbour(TestBalancer.SERVERS, BACKEND, TestBalancer.BACKEND_MAC);
            balancer.learnNeighbour(TestBalancer.SERVERS, BACKEND6, TestBalancer.BACKEND_MAC);
        }
    }

    private void checkTotals(final int frameCount) {
        long sum = 0;
        for (final Counter counter : Counter.values()) {
            sum += counter.isDrop() || TestWorker.VERDICTS.contains(counter) ? balancer.count(counter) : 0;
        }
        assertThat(sum).as("seed %d: verdicts", seed).isEqualTo(frameCount);
        assertThat(balancer.count(Counter.RX_PACKETS)).isEqualTo(frameCount);
        final int live = FlowInvariants.check(balancer.tables().region(MapNames.FLOWS), "seed " + seed);
        assertThat(balancer.count(Counter.FLOW_OPENED) - balancer.count(Counter.FLOW_CLOSED))
                .as("seed %d: opened and not closed", seed)
                .isEqualTo(live);
        assertThat(verdicts)
                .as("seed %d: what the frames reached", seed)
                .contains(
                        Counter.FORWARDED_REQUEST,
                        Counter.FORWARDED_REPLY,
                        Counter.ANSWERED_ARP,
                        Counter.ANSWERED_ECHO,
                        Counter.ANSWERED_NEIGHBOR,
                        Counter.FORWARDED_ERROR,
                        Counter.ANSWERED_EXPIRED,
                        Counter.DROP_TCP_STATE,
                        Counter.DROP_MTU,
                        Counter.DROP_IP_CHECKSUM);
    }

    private static String hex(final byte[] frame) {
        return org.agrona.BitUtil.toHex(frame);
    }

    private static List<byte[]> bases() {
        return List.of(
                Frames.request().build(),
                Frames.request().flags(ACK).payload(9).build(),
                Frames.request().flags(ACK).options(4).vlan(3).payload(60).build(),
                Frames.reply().build(),
                Frames.reply().flags(ACK | PacketBuilder.FIN).payload(1).build(),
                Frames.fromBackend(PacketBuilder.udp(BACKEND, 8080, SNAT, 40007))
                        .build(),
                PacketBuilder.udp(CLIENT, 53, VIP, 80).payload(30).build(),
                PacketBuilder.udp(CLIENT, 54, VIP, 90).withoutChecksum().build(),
                PacketBuilder.tcp(CLIENT6, 1, VIP6, 80).serviceVlan(1).vlan(2).build(),
                PacketBuilder.tcp(CLIENT6, 1, VIP6, 90).flags(ACK).payload(5).build(),
                PacketBuilder.udp(CLIENT6, 1, VIP6, 90).payload(17).build(),
                Frames.fromBackend(PacketBuilder.udp(BACKEND6, 9090, CLIENT6, 1))
                        .build(),
                PacketBuilder.udp(CLIENT, 55, VIP, 90).vlan(5).build(),
                Frames.fromBackend(PacketBuilder.udp(BACKEND, 9090, CLIENT, 55))
                        .build(), // needs the client's tag in front
                PacketBuilder.udp(CLIENT, 56, VIP, 80).ttl(1).payload(200).build(),
                PacketBuilder.udp(CLIENT6, 2, VIP6, 80).ttl(1).vlan(5).build(),
                PacketBuilder.echo(CLIENT, VIP, false).build(),
                PacketBuilder.error(
                                "203.0.113.9",
                                VIP,
                                3,
                                4,
                                1280,
                                PacketBuilder.udp(VIP, 80, CLIENT, 53).quote(8))
                        .build(),
                PacketBuilder.error(
                                "2001:db8:9::9",
                                VIP6,
                                2,
                                0,
                                1280,
                                PacketBuilder.udp(VIP6, 90, CLIENT6, 1).quote(99))
                        .build(),
                PacketBuilder.echo(CLIENT6, VIP6, false).payload(50).build(),
                PacketBuilder.ip(Protocol.TCP.number(), CLIENT, VIP).payload(44).build(),
                PacketBuilder.solicitation(CLIENT6, "ff02::1:ff00:100", VIP6)
                        .payload(PacketBuilder.linkOption(1, TestBalancer.CLIENT_MAC))
                        .build(),
                PacketBuilder.solicitation(CLIENT6, VIP6, VIP6).build(),
                ArpBuilder.arp(
                        ArpBuilder.REQUEST,
                        TestBalancer.CLIENT_MAC,
                        CLIENT,
                        "00:00:00:00:00:00",
                        VIP,
                        "ff:ff:ff:ff:ff:ff"),
                ArpBuilder.arp(
                        ArpBuilder.REPLY,
                        TestBalancer.BACKEND_MAC,
                        BACKEND,
                        TestBalancer.SERVERS_MAC,
                        SNAT,
                        TestBalancer.SERVERS_MAC));
    }
}
