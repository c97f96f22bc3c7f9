package io.fastpath.fastpath.flowengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.kernelbpf.layout.Forwarding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** A table, and one thread of each side that opens connections, a batch for each backend. */
final class RaceArena implements AutoCloseable {
    static final int BATCH = FlowEngineRig.BATCH_LIMIT;
    static final int BATCHES = 16;

    private static final int NOW_TICKS = 1_000_000;
    private static final int PATIENCE_SECONDS = 10;
    private static final int WARM_UP_ROUNDS = 50; // interpreted, Java would only ever come second
    private static final long RUN_NS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long RUN_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    private final long seed;
    private final FlowEngineRig rig;
    private final FlowTable flows;
    private final TableAudit audit;
    private final long startNs;
    private int openedByJava;
    private int openedByKernel;
    private int openedInRound;

    RaceArena(final int portCount, final long seed) {
        this.seed = seed;
        rig = new FlowEngineRig(2048, 2 * BATCHES, FlowEngineRig.sources(portCount, "10.8.0.1"), seed);
        rig.timeouts(FlowTimeouts.defaults());
        flows = FlowEngineRig.javaView(rig.tables, FlowTimeouts.defaults(), 0);
        audit = new TableAudit(rig.tables, flows);
        final List<FlowTuple> practice = requests(0);
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            practice.forEach(tuple -> tuple.open(flows, 0, Forwarding.NAT.code(), NOW_TICKS));
            remove(practice);
        }
        startNs = System.nanoTime();
    }

    /** {@return whether to go on: for some time, and longer where one side has had no chance yet} */
    boolean isOpen() {
        final long runNs = System.nanoTime() - startNs;
        return runNs < RUN_NS || (openedByJava == 0 || openedByKernel == 0) && runNs < RUN_LIMIT_NS;
    }

    /** {@return new connections, as many as fit into all batches} */
    static List<FlowTuple> requests(final int round) {
        final List<FlowTuple> tuples = new ArrayList<>();
        for (int i = 0; i < BATCH * BATCHES; i++) {
            final String client = "192.0." + i / BATCH + '.' + (1 + i % BATCH);
            tuples.add(FlowTuple.of(client, 1024 + round % 60_000, "10.7.0.1", 80, FlowTuple.TCP));
        }
        return tuples;
    }

    /**
     * Java begins each batch as soon as it sees that the kernel has. From then on whoever is behind finds entries, which
     * takes less time than to enter them, and catches up.
     *
     * @return how often one was in the other's way
     */
    int race(final List<FlowTuple> ofJava, final List<FlowTuple> ofKernel, final Forwarding forwarding)
            throws Exception {
        final FutureTask<long[]> kernel = new FutureTask<>(new KernelOpener(ofKernel, forwarding));
        new Thread(kernel, "kernel").start();
        final long[] javas = new long[ofJava.size()];
        for (int i = 0; i < javas.length; i++) {
            while (i % BATCH == 0 && !FlowHandle.isFlow(ofKernel.get(i).find(flows)) && !kernel.isDone()) {
                Thread.onSpinWait();
            }
            javas[i] = ofJava.get(i).open(flows, 2 * (i / BATCH), forwarding.code(), NOW_TICKS);
        }
        final long[] kernels = kernel.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        openedByJava += openedCount(javas);
        openedByKernel += openedCount(kernels);
        openedInRound = openedCount(javas) + openedCount(kernels);
        return (int) LongStream.concat(LongStream.of(javas), LongStream.of(kernels))
                .filter(handle -> handle == FlowHandle.BUSY)
                .count();
    }

    /** {@return how many connections the table holds}, after a search for what must not be in it */
    int audit() {
        final int connectionCount = audit.liveCount() / 2;
        assertThat(audit.duplicates()).as("seed %d", seed).isEmpty();
        assertThat(audit.fragments()).as("seed %d", seed).isEmpty();
        assertThat(connectionCount)
                .as("connections, and handles given for them, seed %d", seed)
                .isEqualTo(openedInRound);
        return connectionCount;
    }

    void remove(final List<FlowTuple> tuples) {
        for (final FlowTuple tuple : tuples) {
            final long handle = tuple.find(flows);
            if (FlowHandle.isFlow(handle)) {
                flows.remove(handle, NOW_TICKS);
            }
        }
    }

    /** Demands that there was a race at all. */
    void requireBoth(final String name, final int rounds) {
        System.out.println(name + ": " + rounds + " rounds, Java entered " + openedByJava + " connections, the kernel "
                + openedByKernel);
        assertThat(openedByJava).as("entered by Java").isPositive();
        assertThat(openedByKernel).as("entered by the kernel").isPositive();
    }

    @Override
    public void close() {
        rig.close();
    }

    private static int openedCount(final long[] handles) {
        return (int) LongStream.of(handles)
                .filter(handle -> FlowHandle.isFlow(handle) && !FlowHandle.isExisting(handle))
                .count();
    }

    private final class KernelOpener implements Callable<long[]> {
        private final List<List<KernelRequest>> batches = new ArrayList<>();

        KernelOpener(final List<FlowTuple> tuples, final Forwarding forwarding) {
            for (int batch = 0; batch < BATCHES; batch++) {
                final int backendIndex = 2 * batch;
                batches.add(tuples.subList(batch * BATCH, (batch + 1) * BATCH).stream()
                        .map(tuple -> KernelRequest.open(tuple, backendIndex, forwarding.code(), NOW_TICKS))
                        .toList());
            }
        }

        @Override
        public long[] call() {
            return batches.stream()
                    .flatMapToLong(batch -> LongStream.of(rig.ask(batch)))
                    .map(KernelRequest::javaHandle)
                    .toArray();
        }
    }
}
