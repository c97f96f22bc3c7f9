package io.fastpath.fastpath.worker;

import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;

/**
 * Logs the failures of a duty cycle: a line each, one per second at most, since a failure may come back in every cycle.
 * Where it came from is told at DEBUG. Owned by one thread.
 */
public final class FailureLog implements ErrorHandler {
    private final Logger logger;
    private final String who;
    private final NanoClock clock;
    private final LogPace pace = new LogPace(TimeUnit.SECONDS.toNanos(1));

    /**
     * A log without failures.
     *
     * @param logger to log to
     * @param who fails, for example {@code worker 0}
     * @param clock for the pace
     */
    public FailureLog(final Logger logger, final String who, final NanoClock clock) {
        this.logger = logger;
        this.who = who;
        this.clock = clock;
    }

    @Override
    public void onError(final Throwable failure) {
        if (pace.admits(clock.nanoTime())) {
            logger.error("{} failed in a cycle and goes on: {}{}", who, failure.toString(), pace.leftOut());
            logger.debug("{} failed here", who, failure);
        }
    }
}
