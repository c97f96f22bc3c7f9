package io.fastpath.fastpath.worker;

import java.util.function.IntConsumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * Idles in {@code poll(2)} until a frame arrives: for machines whose cores have other work. The wait is bounded so that
 * the heartbeat stays fresh. Owned by the worker.
 */
final class PollIdleStrategy implements IdleStrategy {
    /** Shorter than the stall limit's default of 2 ms, so that an idle worker still counts as fresh. */
    static final int WAIT_MS = 1;

    private static final int SPINS = 64;

    private final IntConsumer poll;
    private int idleCount;

    /**
     * An idle strategy on a poll.
     *
     * @param poll waits for a frame, at most for the milliseconds given
     */
    PollIdleStrategy(final IntConsumer poll) {
        this.poll = poll;
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (++idleCount > SPINS) {
            poll.accept(WAIT_MS);
        } else {
            Thread.onSpinWait();
        }
    }

    @Override
    public void reset() {
        idleCount = 0;
    }

    @Override
    public String alias() {
        return "poll";
    }
}
