package io.fastpath.fastpath.flowengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Kernel and Java open connections in a table far too small for them, where each has to make room, while a sweeper
 * walks. Forbidden: two visible entries of one tuple; after a sweep, half a connection or a bit that leads nowhere; after
 * all time is over, anything at all, and a connection that was opened and not closed.
 */
class FlowChurnTest {
    private static final long RUN_NS = TimeUnit.MILLISECONDS.toNanos(2500);
    private static final int SECOND_TICKS = FlowDescriptor.ticks(TimeUnit.SECONDS.toNanos(1)) + 1;
    private static final int START_TICKS = -500; // the clock wraps
    private static final int SWEEP_BUDGET = 64;

    private final long seed = System.nanoTime();
    private final FlowTimeouts timeouts = shortTimeouts();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final long startNs = System.nanoTime();
    private final AtomicBoolean isRunning = new AtomicBoolean(true);

    @AfterEach
    void stopThreads() throws InterruptedException {
        isRunning.set(false);
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        try (FlowEngineRig rig = new FlowEngineRig(512, 4, FlowEngineRig.sources(40, "10.8.0.1"), seed)) {
            rig.timeouts(timeouts);
            final FlowTable flows = FlowEngineRig.javaView(rig.tables, timeouts, 1);
            final FlowSweeper sweeper = new FlowSweeper(flows, 0, 1, hop -> false);
            churn(rig, sweeper);

            final TableAudit audit = new TableAudit(rig.tables, flows);
            assertThat(audit.duplicates()).as("seed %d", seed).isEmpty();
            sweeper.sweep(nowTicks(), Integer.MAX_VALUE);
            assertThat(audit.fragments()).as("after a sweep, seed %d", seed).isEmpty();
            sweep(sweeper, 3);
            assertThat(audit.liveCount()).as("after all time, seed %d", seed).isZero();
            assertThat(audit.fragments()).as("after all time, seed %d", seed).isEmpty();
            requireBalance(new CounterReader(rig.region(MapNames.COUNTERS), rig.tables.sizes()));
        }
    }

    private void churn(final FlowEngineRig rig, final FlowSweeper sweeper) throws Exception {
        final List<Future<?>> openers = List.of(
                threads.submit(() -> openByKernel(rig, 1)),
                threads.submit(() -> openByKernel(rig, 2)),
                threads.submit(() -> openByJava(rig)));
        for (final long endNs = System.nanoTime() + RUN_NS; System.nanoTime() < endNs; ) {
            sweeper.sweep(nowTicks(), SWEEP_BUDGET);
        }
        isRunning.set(false);
        for (final Future<?> opener : openers) {
            opener.get(10, TimeUnit.SECONDS);
        }
    }

    private void openByKernel(final FlowEngineRig rig, final int salt) {
        final Random random = new Random(seed + salt);
        while (isRunning.get()) {
            final List<KernelRequest> requests = new ArrayList<>();
            for (int i = 0; i < FlowEngineRig.BATCH_LIMIT; i++) {
                requests.add(KernelRequest.open(
                        randomRequest(random), 2 * random.nextInt(2), randomForwarding(random), nowTicks()));
            }
            final long[] answers = rig.ask(requests);
            requests.clear();
            for (final long answer : answers) {
                final long handle = KernelRequest.javaHandle(answer);
                if (FlowHandle.isFlow(handle)) {
                    requests.add(KernelRequest.track(handle, random.nextInt(32), nowTicks()));
                }
            }
            if (!requests.isEmpty()) {
                rig.ask(requests);
            }
        }
    }

    private void openByJava(final FlowEngineRig rig) {
        final Random random = new Random(seed);
        final FlowTable flows = FlowEngineRig.javaView(rig.tables, timeouts, 0);
        while (isRunning.get()) {
            final long handle =
                    randomRequest(random).open(flows, 2 * random.nextInt(2), randomForwarding(random), nowTicks());
            if (FlowHandle.isFlow(handle)) {
                flows.track(handle, random.nextInt(32), nowTicks());
            }
        }
    }

    private void sweep(final FlowSweeper sweeper, final int seconds) {
        for (int i = 1; i <= seconds; i++) {
            sweeper.sweep(nowTicks() + i * SECOND_TICKS, Integer.MAX_VALUE);
        }
    }

    private void requireBalance(final CounterReader counters) {
        System.out.println("churn: opened by the kernel " + counters.kernelTotal(Counter.FLOW_OPENED) + ", by Java "
                + counters.workerTotal(Counter.FLOW_OPENED) + "; closed " + counters.kernelTotal(Counter.FLOW_CLOSED)
                + " and " + counters.workerTotal(Counter.FLOW_CLOSED) + "; reclaimed "
                + counters.total(Counter.FLOW_RECLAIMED));
        assertThat(counters.kernelTotal(Counter.FLOW_OPENED)).isPositive();
        assertThat(counters.kernelTotal(Counter.FLOW_CLOSED)).isPositive();
        assertThat(counters.workerTotal(Counter.FLOW_OPENED)).isPositive();
        assertThat(counters.total(Counter.FLOW_CLOSED))
                .as("closed as often as opened, seed %d", seed)
                .isEqualTo(counters.total(Counter.FLOW_OPENED));
    }

    private static FlowTuple randomRequest(final Random random) {
        final String client = "192.0.2." + (1 + random.nextInt(100));
        final int protocol = random.nextBoolean() ? FlowTuple.TCP : FlowTuple.UDP;
        return FlowTuple.of(client, 1024 + random.nextInt(10), "10.7.0.1", 80, protocol);
    }

    private static int randomForwarding(final Random random) {
        return random.nextBoolean() ? Forwarding.NAT.code() : Forwarding.FULL_NAT.code();
    }

    /** Real time: a thread that has to wait for its CPU must not be held to be dead. */
    private int nowTicks() {
        return START_TICKS + FlowDescriptor.ticks(System.nanoTime() - startNs);
    }

    private static FlowTimeouts shortTimeouts() {
        FlowTimeouts timeouts = FlowTimeouts.defaults();
        for (int state = FlowState.TCP_SYN_SENT; state < FlowState.COUNT; state++) {
            timeouts = timeouts.with(state, TimeUnit.MILLISECONDS.toNanos(10L * state));
        }
        return timeouts;
    }
}
