package io.fastpath.fastpath.control;

import java.util.concurrent.TimeUnit;

/**
 * What a control server allows its clients. Immutable.
 *
 * @param clientCount clients at a time: an operator, a scraper and their mistakes.
 * @param idleNs how long a client may move no byte before it is dropped.
 */
public record ControlLimits(int clientCount, long idleNs) {
    /** Eight clients, ten seconds. */
    public static final ControlLimits DEFAULT = new ControlLimits(8, TimeUnit.SECONDS.toNanos(10));
}
