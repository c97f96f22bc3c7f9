package io.fastpath.fastpath.replay;

import java.util.concurrent.TimeUnit;

/**
 * The engines' time, driven by the frames' times: it begins an hour after the machine's made-up start, stands still
 * where times go backwards, and takes a pause that is longer than any connection lives for one that just is. One thread.
 */
final class ReplayClock {
    static final long START_NS = TimeUnit.HOURS.toNanos(1);

    /** Above the longest timeout (ten days), and below half of the range of the ticks (26 days). */
    static final long PAUSE_LIMIT_NS = TimeUnit.DAYS.toNanos(12);

    private long lastTimeNs = -1;
    private long nowNs = START_NS;

    /** The time of a frame that was captured at a time since 1970. */
    long at(final long timeNs) {
        if (lastTimeNs >= 0 && timeNs > lastTimeNs) {
            nowNs += Math.min(timeNs - lastTimeNs, PAUSE_LIMIT_NS);
        }
        lastTimeNs = Math.max(lastTimeNs, timeNs);
        return nowNs;
    }
}
