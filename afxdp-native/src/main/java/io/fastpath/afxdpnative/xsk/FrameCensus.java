package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.umem.FramePool;
import java.util.List;

/**
 * Where a worker's frames are at one moment. Their sum is constant; what the worker doesn't hold and no place accounts
 * for is lost.
 *
 * <p>Taken by the sockets' thread, between two duty cycles. The places of the kernel follow from how far it has moved the
 * rings' indices: taken from the fill ring and not yet brought by the rx ring, taken from the tx ring and not yet brought
 * by the completion ring. They are read one after the other while the kernel goes on, so a busy moment may count a few
 * frames at the neighbouring place; {@link #heldByKernel} and the rings together are exact at any moment.
 *
 * @param free in the pool.
 * @param fill waiting in fill rings.
 * @param kernelRx with the kernel or the card, to be received into.
 * @param rx waiting in rx rings.
 * @param tx waiting in tx rings.
 * @param kernelTx with the kernel or the card, being sent.
 * @param completion waiting in completion rings.
 */
public record FrameCensus(int free, int fill, int kernelRx, int rx, int tx, int kernelTx, int completion) {
    /**
     * Count.
     *
     * @param pool of the worker.
     * @param sockets all that use frames of that pool.
     * @return the counts.
     */
    public static FrameCensus of(final FramePool pool, final List<XskSocket> sockets) {
        int fill = 0;
        int kernelRx = 0;
        int rx = 0;
        int tx = 0;
        int kernelTx = 0;
        int completion = 0;
        for (final XskSocket socket : sockets) {
            final int rxReady = socket.rx().readyCount();
            final int fillPending = socket.fill().pendingCount();
            final int completionReady = socket.completion().readyCount();
            final int txPending = socket.tx().pendingCount();
            rx += rxReady;
            fill += fillPending;
            kernelRx += socket.fill().submittedIndex() - socket.rx().releasedIndex() - fillPending - rxReady;
            completion += completionReady;
            tx += txPending;
            kernelTx +=
                    socket.tx().submittedIndex() - socket.completion().releasedIndex() - txPending - completionReady;
        }
        return new FrameCensus(pool.freeCount(), fill, kernelRx, rx, tx, kernelTx, completion);
    }

    /** {@return frames that no place accounts for: in the worker's hands, or lost} */
    public int heldByWorker(final int frameCount) {
        return frameCount - free - fill - rx - tx - completion - heldByKernel();
    }

    /** {@return frames with the kernel or the card, in no ring} */
    public int heldByKernel() {
        return kernelRx + kernelTx;
    }
}
