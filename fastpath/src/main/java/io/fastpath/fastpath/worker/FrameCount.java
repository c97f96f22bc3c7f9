package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.umem.FramePool;

/** Adds up where a worker's frames are, over its queues. Owned by the worker's thread. */
final class FrameCount {
    private long fill;
    private long rx;
    private long tx;
    private long completion;

    void clear() {
        fill = 0;
        rx = 0;
        tx = 0;
        completion = 0;
    }

    void add(final long inFill, final long inRx, final long inTx, final long inCompletion) {
        fill += inFill;
        rx += inRx;
        tx += inTx;
        completion += inCompletion;
    }

    void publish(final WorkerStats stats, final FramePool pool) {
        stats.set(WorkerStats.FRAMES_FREE, pool.freeCount());
        stats.set(WorkerStats.FRAMES_FILL, fill);
        stats.set(WorkerStats.FRAMES_RX, rx);
        stats.set(WorkerStats.FRAMES_TX, tx);
        stats.set(WorkerStats.FRAMES_COMPLETION, completion);
        stats.set(WorkerStats.FRAMES_TOTAL, pool.frameCount());
    }
}
