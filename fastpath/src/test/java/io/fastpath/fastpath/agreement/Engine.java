package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker.Outcome;
import io.fastpath.kernelbpf.layout.Counter;

/**
 * Who gives packets their verdicts: the pipeline of a worker, or the XDP program. Both work on tables of one layout, and
 * must do the same to them. One thread.
 */
interface Engine extends AutoCloseable {
    /**
     * Starts a balancer on this engine's tables, empty before, in place of the one before.
     *
     * @param balancer described, not started
     */
    void start(TestBalancer balancer);

    /** What becomes of a frame that comes in by an interface. */
    Outcome receive(int ifindex, byte[] frame);

    /**
     * Whether an expected verdict, which is always one of the pipeline's, has come true.
     *
     * @param expected a verdict of the pipeline
     * @param actual what {@link #receive} answered
     */
    boolean isMet(Counter expected, Counter actual);

    /** Whether it makes the same next-hop records at the same places; if not, ways must lead to the same. */
    boolean keepsHopsAsJavaDoes();

    @Override
    void close();
}
