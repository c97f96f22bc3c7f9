package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.umem.FramePool;
import java.util.Arrays;

/** Adds up where a worker's frames are, over its queues. Owned by the worker's thread. */
final class FrameCount {
    private final long[] places = new long[WorkerStats.FRAMES_TOTAL];

    void clear() {
        Arrays.fill(places, 0);
    }

    /** Adds to a place, one of the FRAMES constants of {@link WorkerStats}. */
    void add(final int place, final long count) {
        places[place] += count;
    }

    void publish(final WorkerStats stats, final FramePool pool) {
        for (int place = WorkerStats.FRAMES_FILL; place < WorkerStats.FRAMES_TOTAL; place++) {
            stats.set(place, places[place]);
        }
        stats.set(WorkerStats.FRAMES_FREE, pool.freeCount());
        stats.set(WorkerStats.FRAMES_TOTAL, pool.frameCount());
    }
}
