package io.fastpath.fastpath.worker;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a fresh JVM compile the workers' code before there are packets that would wait for that: the very classes of a
 * worker, pipeline and rings work on made-up packets of all kinds, on tables and rings in private memory. Nothing of an
 * instance is touched. Done once per process, on the thread that starts the instance.
 */
public final class WarmUp {
    /** Enough for the optimising compiler to have been asked for all of it (-XX:Tier4InvocationThreshold and its like). */
    private static final int CYCLE_COUNT = 6_000;

    /** A slow or busy machine starts with what is compiled by then. */
    private static final long LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(1_500);

    /** Stages, each with other classes behind the worker's interfaces; see {@link WarmUpSocket}. */
    private static final int STAGE_COUNT = 3;

    /** Cycles of each stage between two looks at the clock. */
    private static final int CYCLES_PER_TURN = 50;

    private static final Logger LOGGER = LoggerFactory.getLogger(WarmUp.class);

    private boolean isDone;

    /** Warms up, unless that is done; returns after 1.5 s at most. */
    public void run() {
        if (!isDone) {
            isDone = true;
            final List<WarmUpStage> stages =
                    IntStream.range(0, STAGE_COUNT).mapToObj(WarmUpStage::new).toList();
            final long startNs = System.nanoTime();
            final long firstNs = turn(stages);
            long lastNs = firstNs;
            int cycleCount = CYCLES_PER_TURN;
            while (cycleCount < CYCLE_COUNT && System.nanoTime() - startNs < LIMIT_NS) {
                lastNs = turn(stages);
                cycleCount += CYCLES_PER_TURN;
            }
            LOGGER.info(
                    "warmed up in {} ms by {} packets: {} us for a batch at first, {} at last",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs),
                    stages.stream()
                            .mapToLong(stage -> stage.count(Counter.RX_PACKETS))
                            .sum(),
                    TimeUnit.NANOSECONDS.toMicros(firstNs),
                    TimeUnit.NANOSECONDS.toMicros(lastNs));
        }
    }

    /** Some cycles of each stage; answers the average time of one. */
    private static long turn(final List<WarmUpStage> stages) {
        final long startNs = System.nanoTime();
        for (final WarmUpStage stage : stages) {
            for (int i = 0; i < CYCLES_PER_TURN; i++) {
                stage.cycle();
            }
        }
        return (System.nanoTime() - startNs) / (CYCLES_PER_TURN * stages.size());
    }
}
