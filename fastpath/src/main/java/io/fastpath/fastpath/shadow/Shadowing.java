package io.fastpath.fastpath.shadow;

import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.SharedTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An instance's shadowing: a sampler per worker, and the thread that compares. Without an interval there is neither. The
 * control thread makes it, has a sampler made for each worker, starts it, and closes it before the workers: they go on
 * without it.
 */
public final class Shadowing implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Shadowing.class);

    /** Samples may wait so long: a ring is filled in milliseconds at the least. */
    private static final long PARK_LONGEST_NS = TimeUnit.MICROSECONDS.toNanos(500);

    private static final long PARK_SHORTEST_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long SPINS = 10;
    private static final long YIELDS = 10;

    private final int interval;
    private final List<ShadowSampler> samplers = new ArrayList<>();
    private AgentRunner runner;

    /**
     * Shadowing, not started.
     *
     * @param interval one of so many packets is compared; 0 for none
     */
    public Shadowing(final int interval) {
        this.interval = interval;
    }

    /**
     * The sampler of a worker; before {@link #start}.
     *
     * @param frames the worker's packet memory
     * @param tables that its pipeline works on
     * @param pipeline concluded
     * @return the sampler, for the worker's thread
     */
    public ShadowSampler sampler(final DirectBuffer frames, final SharedTables tables, final PipelineContext pipeline) {
        if (interval == 0) {
            return ShadowSampler.off();
        }
        final ShadowSampler sampler = ShadowSampler.of(interval, frames, tables, pipeline);
        samplers.add(sampler);
        return sampler;
    }

    /**
     * Starts the thread; only with an interval.
     *
     * @param program {@code xdp_shadow}, loaded on the same tables
     * @param runDirectory of the instance, for captures
     * @param errorHandler of the thread, which goes on after a failure
     */
    public void start(final BpfProgram program, final Path runDirectory, final ErrorHandler errorHandler) {
        final CaptureFiles captures = new CaptureFiles(CaptureFiles.folder(runDirectory));
        LOGGER.info(
                "shadow: 1 of {} packets that a worker forwards is compared with the kernel engine's translation;"
                        + " mismatches go to {}",
                interval,
                captures.folder());
        runner = new AgentRunner(
                new BackoffIdleStrategy(SPINS, YIELDS, PARK_SHORTEST_NS, PARK_LONGEST_NS),
                errorHandler,
                null,
                new ShadowAgent(samplers, new KernelTranslator(program), captures, SystemNanoClock.INSTANCE));
        AgentRunner.startOnThread(runner);
    }

    /** Ends the thread. What it has compared by then is counted by the workers when they end. */
    @Override
    public void close() {
        CloseHelper.close(runner);
        long skippedCount = 0;
        long changedCount = 0;
        for (final ShadowSampler sampler : samplers) {
            skippedCount += sampler.figures().skippedCount();
            changedCount += sampler.figures().changedCount();
        }
        if (skippedCount + changedCount > 0) {
            LOGGER.info(
                    "shadow: {} samples found the ring full, {} were of flows that changed; they were not compared",
                    skippedCount,
                    changedCount);
        }
    }
}
