package io.fastpath.fastpath.lab;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Book-keeping of what arrives of a {@link DatagramStream}, once it runs warm. Any thread; every call takes the lock. */
final class DatagramArrivals {
    private static final long LATENCY_LIMIT_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;
    private static final int GAPS = 10_000;

    /** Time of so many datagrams is not judged: both ends run code that is not compiled yet. */
    static final int WARM_UP_COUNT = 500;

    private final Histogram latencyNs = new Histogram(LATENCY_LIMIT_NS, DIGITS);
    private final BitSet seen = new BitSet();
    private final List<DatagramGap> gaps = new ArrayList<>();
    private final long intervalNs;
    private long highest = -1;
    private long lastNs;
    private long longestGapNs;
    private long longestRawGapNs;
    private long reordered;
    private long duplicated;

    /**
     * Nothing has arrived yet.
     *
     * @param intervalNs from one datagram to the next, as sent
     */
    DatagramArrivals(final long intervalNs) {
        this.intervalNs = intervalNs;
    }

    /**
     * One has arrived.
     *
     * @param number of the datagram, from 0
     * @param sentNs when it was sent
     * @param previousSentNs when the one before it was sent
     * @param nowNs when it arrived
     */
    synchronized void arrived(final long number, final long sentNs, final long previousSentNs, final long nowNs) {
        if (highest >= WARM_UP_COUNT) {
            final long gapNs = nowNs - lastNs;
            final long pauseNs = Math.max(0, sentNs - previousSentNs - intervalNs);
            longestRawGapNs = Math.max(longestRawGapNs, gapNs);
            longestGapNs = Math.max(longestGapNs, gapNs - pauseNs);
            if (gapNs - pauseNs >= 2 * intervalNs && gaps.size() < GAPS) {
                gaps.add(new DatagramGap(nowNs, (gapNs - pauseNs) / 1e6));
            }
            latencyNs.recordValue(Math.min(Math.max(0, nowNs - sentNs), LATENCY_LIMIT_NS));
        }
        lastNs = nowNs;
        if (seen.get((int) number)) {
            duplicated++;
            return;
        }
        seen.set((int) number);
        if (number < highest) {
            reordered++;
        }
        highest = Math.max(highest, number);
    }

    /**
     * How many different ones have arrived.
     *
     * @return count
     */
    synchronized long count() {
        return seen.cardinality();
    }

    /**
     * What became of all.
     *
     * @param sent how many were sent
     * @param longestSendGapNs of the sender
     * @return the report
     */
    synchronized DatagramReport report(final long sent, final long longestSendGapNs) {
        return new DatagramReport(
                sent,
                sent - seen.cardinality(),
                reordered,
                duplicated,
                longestGapNs / 1e6,
                longestRawGapNs / 1e6,
                longestSendGapNs / 1e6,
                longestLossCount((int) sent) * intervalNs / 1e6,
                latencyUs(50),
                latencyUs(99),
                latencyUs(99.9),
                latencyUs(99.99),
                latencyNs.getMaxValue() / 1e3,
                List.copyOf(gaps));
    }

    private double latencyUs(final double percentile) {
        return latencyNs.getValueAtPercentile(percentile) / 1e3;
    }

    private long longestLossCount(final int sent) {
        int longest = 0;
        for (int from = seen.nextClearBit(0); from < sent; ) {
            final int next = seen.nextSetBit(from);
            final int to = next < 0 ? sent : next;
            longest = Math.max(longest, to - from);
            from = seen.nextClearBit(to);
        }
        return longest;
    }
}
