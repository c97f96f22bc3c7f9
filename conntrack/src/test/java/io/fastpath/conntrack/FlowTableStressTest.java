package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.NAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.TableChecker.Tuple;
import io.fastpath.conntrack.tcp.TcpFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real threads on few connections of one home: no twins, no halves, nothing lost, and no reader fooled. */
class FlowTableStressTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = 150_000;
    private static final int OPERATIONS_PER_TICK = 1_000; // in all less than an abandoned operation's age

    private final Stage stage = new Stage();
    private final AtomicInteger operations = new AtomicInteger();
    private final CountingEvents[] events = new CountingEvents[THREADS];
    private final long seed = System.nanoTime();
    private int keyCount;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40})
    void shouldStayConsistentUnderContention(final int keys) throws Exception {
        keyCount = keys;
        final ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            final List<Callable<Integer>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                final int index = i;
                workers.add(() -> work(index));
            }
            int validReads = 0;
            for (final Future<Integer> worker : executor.invokeAll(workers)) {
                validReads += worker.get();
            }
            assertThat(validReads).isPositive();
        } finally {
            executor.shutdownNow();
        }
        final String context = "seed " + seed;
        long opened = 0;
        long closed = 0;
        long reclaimed = 0;
        for (final CountingEvents counts : events) {
            opened += counts.opened;
            closed += counts.closed;
            reclaimed += counts.reclaimed;
        }
        assertThat(stage.checker.check(context)).as(context).isEqualTo((int) (opened - closed));
        assertThat(reclaimed).as(context).isZero();
        assertThat(opened).as(context).isGreaterThan(OPERATIONS / 100);
    }

    private int work(final int index) {
        final SplittableRandom random = new SplittableRandom(seed + index);
        events[index] = new CountingEvents();
        final FlowTimeouts timeouts =
                FlowTimeouts.defaults().with("tcpSynSent", 20 << 20).with("tcpClose", 1 << 20);
        final FlowTable table =
                new FlowTable(stage.world.flows, stage.world.config, stage.world.backends, timeouts, events[index]);
        final FlowSweeper sweeper = new FlowSweeper(table, 0, 1, nextHop -> nextHop == 2);
        int validReads = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            final int nowTicks = operations.incrementAndGet() / OPERATIONS_PER_TICK;
            final Tuple key = stage.neighbours.get(random.nextInt(keyCount));
            final long handle = Stage.find(table, key);
            if (!FlowHandle.isFlow(handle)) {
                open(table, key, random.nextBoolean() ? FULL_NAT : NAT, nowTicks);
                continue;
            }
            validReads += read(table, key, handle);
            switch (random.nextInt(8)) {
                case 0 -> table.remove(handle, nowTicks);
                case 1 -> sweeper.sweep(nowTicks, 64);
                case 2 -> table.nextHopIndex(handle, random.nextInt(4));
                case 3, 4 -> table.track(handle, flags(random), nowTicks);
                default -> reply(table, handle, flags(random), nowTicks);
            }
        }
        return validReads;
    }

    /** A reader that was told its slot is still valid has read this connection's fields and no other's. */
    private int read(final FlowTable table, final Tuple key, final long handle) {
        final int slot = FlowHandle.slotIndex(handle);
        final FlowFields fields = table.fields();
        final long client1 = fields.client1(slot);
        final long vip1 = fields.vip1(slot);
        final int clientPortBe = fields.clientPortBe(slot);
        final int backend = fields.backendIndex(slot);
        final boolean isTranslated = fields.snatIndex(slot) != 0xffff;
        if (!table.stillValid(handle)) {
            return 0;
        }
        assertThat(client1 == key.source1() && vip1 == key.destination1()).isTrue();
        assertThat(clientPortBe).isEqualTo(key.ports() & 0xffff);
        assertThat(backend).isEqualTo(3);
        assertThat(isTranslated).isEqualTo(FlowHandle.forwardingCode(handle) == FULL_NAT);
        return 1;
    }

    private void reply(final FlowTable table, final long handle, final int flags, final int nowTicks) {
        final int reverseSlot = table.fields().peerIndex(FlowHandle.slotIndex(handle));
        final Tuple reverse = stage.checker.tuple(reverseSlot);
        if (table.stillValid(handle)) {
            final long reverseHandle = Stage.find(table, reverse);
            if (FlowHandle.isFlow(reverseHandle)) {
                table.track(reverseHandle, flags, nowTicks);
            }
        }
    }

    private static void open(final FlowTable table, final Tuple key, final int mode, final int nowTicks) {
        table.open(
                key.source0(),
                key.source1(),
                key.destination0(),
                key.destination1(),
                key.ports(),
                key.protocol(),
                5,
                3,
                mode,
                nowTicks);
    }

    private static int flags(final SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> TcpFlags.SYN;
            case 1 -> TcpFlags.SYN | TcpFlags.ACK;
            case 2 -> TcpFlags.FIN | TcpFlags.ACK;
            case 3 -> TcpFlags.RST;
            default -> TcpFlags.ACK;
        };
    }
}
