package io.fastpath.fastpath.worker;

/**
 * Lets through one line per interval of what may happen any number of times, so that neither an attacker nor a flapping
 * link fills a disk with log lines. Owned by one thread.
 */
public final class LogPace {
    private final long intervalNs;
    private long nextNs;
    private long leftOutCount;
    private boolean begun;

    /**
     * A pace.
     *
     * @param intervalNs between two lines, at least
     */
    public LogPace(final long intervalNs) {
        this.intervalNs = intervalNs;
    }

    /**
     * Asks whether a line may be written now; one that may not counts as left out.
     *
     * @param nowNs CLOCK_MONOTONIC
     * @return true if so
     */
    public boolean admits(final long nowNs) {
        if (begun && nowNs - nextNs < 0) {
            leftOutCount++;
            return false;
        }
        begun = true;
        nextNs = nowNs + intervalNs;
        return true;
    }

    /**
     * What to append to a line that was admitted; forgets the count.
     *
     * @return how many lines were left out before it, in words; empty if none
     */
    public String leftOut() {
        final String text = leftOutCount == 0 ? "" : " (" + leftOutCount + " more since the last line)";
        leftOutCount = 0;
        return text;
    }
}
