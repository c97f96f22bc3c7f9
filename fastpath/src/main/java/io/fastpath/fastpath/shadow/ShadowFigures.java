package io.fastpath.fastpath.shadow;

import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What became of a worker's samples. The shadow thread counts here and the worker carries it over to its row of counters,
 * because a row has one writer.
 */
final class ShadowFigures {
    private static final int COMPARED = Counter.SHADOW_COMPARED.code();
    private static final int MISMATCH = Counter.SHADOW_MISMATCH.code();

    private final AtomicLong comparedCount = new AtomicLong();
    private final AtomicLong mismatchCount = new AtomicLong();
    private final AtomicLong changedCount = new AtomicLong();
    private final AtomicLong skippedCount = new AtomicLong();
    private long carriedComparedCount;
    private long carriedMismatchCount;

    /** The shadow thread: a packet was compared. */
    void compared(final boolean isMismatch) {
        comparedCount.setRelease(comparedCount.getPlain() + 1);
        if (isMismatch) {
            mismatchCount.setRelease(mismatchCount.getPlain() + 1);
        }
    }

    /** The shadow thread: a packet was not compared, since its flow, backend or next hop changed meanwhile. */
    void changed() {
        changedCount.setRelease(changedCount.getPlain() + 1);
    }

    /** The worker: a packet was not sampled, since the ring had no room for it. */
    void skipped() {
        skippedCount.setRelease(skippedCount.getPlain() + 1);
    }

    long changedCount() {
        return changedCount.getAcquire();
    }

    long skippedCount() {
        return skippedCount.getAcquire();
    }

    /** The worker: counts what was compared since the last call. */
    void carryOver(final CounterRow counters) {
        final long compared = comparedCount.getAcquire();
        final long mismatches = mismatchCount.getAcquire();
        counters.add(COMPARED, compared - carriedComparedCount);
        counters.add(MISMATCH, mismatches - carriedMismatchCount);
        carriedComparedCount = compared;
        carriedMismatchCount = mismatches;
    }
}
