package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.ring.CompletionRing;
import io.fastpath.afxdpnative.ring.FillRing;
import io.fastpath.afxdpnative.ring.RxRing;
import io.fastpath.afxdpnative.ring.TxRing;
import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.xsk.Wake;
import io.fastpath.afxdpnative.xsk.XskSocket;
import io.fastpath.afxdpnative.xsk.XskStatistics;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.QueueDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * One queue of one interface, as its worker works on it: the socket's four rings and the queue's record in shared memory.
 * Owned by the worker's thread; allocates nothing.
 */
final class QueuePort {
    private static final int CHUNK = 64;

    /** A copy-mode send takes up to 32 packets per call; more calls than this in one cycle would starve the rings. */
    private static final int WAKE_LIMIT = 4;

    private final int interfaceSlot;
    private final Waker waker;
    private final FillRing fill;
    private final CompletionRing completion;
    private final RxRing rx;
    private final TxRing tx;
    private final SharedMemory queues;
    private final long recordOffset;

    private int stagedCount;
    private int grantedCount;
    private long doneCount;
    private long lostCount;
    private long receivingCount; // given to the fill ring and not yet taken from the rx ring
    private long sendingCount; // given to the tx ring and not yet taken from the completion ring
    private boolean isUnbound;

    /** A socket's rings. */
    record Rings(FillRing fill, CompletionRing completion, RxRing rx, TxRing tx) {}

    /** Wakes the kernel for a socket's rings; see {@link XskSocket}. */
    interface Waker {
        Wake wakeTx();

        Wake wakeRx();

        /** Frames that the kernel has lost on the way to the rx ring since the socket was opened. */
        long lostCount();
    }

    /**
     * A port. What XDP steered to this queue before is done with, by whomever.
     *
     * @param interfaceSlot of the interface
     * @param queueIndex of the queue
     * @param rings of the socket bound to it
     * @param waker of that socket
     * @param queues the queue table
     */
    QueuePort(
            final int interfaceSlot,
            final int queueIndex,
            final Rings rings,
            final Waker waker,
            final SharedMemory queues) {
        this.interfaceSlot = interfaceSlot;
        this.waker = waker;
        this.queues = queues;
        fill = rings.fill();
        completion = rings.completion();
        rx = rings.rx();
        tx = rings.tx();
        recordOffset = QueueDescriptor.recordOffset(InterfaceDescriptor.queueSlot(interfaceSlot, queueIndex));
        doneCount = queues.getLong(recordOffset + QueueDescriptor.STEERED_COUNT_OFFSET);
    }

    /** The port of a socket. */
    static QueuePort of(final int interfaceSlot, final XskSocket socket, final SharedMemory queues) {
        final Waker waker = new Waker() {
            @Override
            public Wake wakeTx() {
                return socket.wakeTx();
            }

            @Override
            public Wake wakeRx() {
                return socket.wakeRx();
            }

            @Override
            public long lostCount() {
                final XskStatistics statistics = socket.statistics().refresh();
                return statistics.rxDropped() + statistics.rxRingFull();
            }
        };
        final Rings rings = new Rings(socket.fill(), socket.completion(), socket.rx(), socket.tx());
        return new QueuePort(interfaceSlot, socket.config().queueIndex(), rings, waker, queues);
    }

    int interfaceSlot() {
        return interfaceSlot;
    }

    /**
     * Says that the worker lives, and how many of this queue's frames it is done with.
     *
     * @param nowNs CLOCK_MONOTONIC; 0 = there is no worker any more
     */
    void heartbeat(final long nowNs) {
        queues.putLongRelease(recordOffset + QueueDescriptor.DONE_COUNT_OFFSET, doneCount);
        queues.putLongRelease(recordOffset + QueueDescriptor.HEARTBEAT_NS_OFFSET, nowNs);
    }

    void workerIndex(final int workerIndex) {
        queues.putInt(recordOffset + QueueDescriptor.WORKER_INDEX_OFFSET, workerIndex);
    }

    /** A frame that came in here was sent and completed, or dropped by verdict. */
    void done() {
        doneCount++;
    }

    /** A frame that was steered here and then lost is done with, too: the gate would wait for it forever. */
    void countLost() {
        final long lost = waker.lostCount();
        doneCount += lost - lostCount;
        lostCount = lost;
    }

    /** Takes back what was sent. */
    int complete(final FramePool pool, final FrameOrigins origins) {
        int total = 0;
        for (int count = completion.peek(CHUNK); count > 0; count = completion.peek(CHUNK)) {
            for (int i = 0; i < count; i++) {
                final long dataOffset = completion.dataOffset(i);
                final QueuePort origin = origins.port(dataOffset);
                if (origin != null) {
                    origin.done();
                }
                pool.release(dataOffset);
            }
            completion.release(count);
            total += count;
        }
        sendingCount -= total;
        return total;
    }

    /** Gives free frames to the kernel, as many as its ring takes. */
    int refill(final FramePool pool) {
        int total = 0;
        for (int room = fill.reserve(Math.min(CHUNK, pool.freeCount()));
                room > 0;
                room = fill.reserve(Math.min(CHUNK, pool.freeCount()))) {
            for (int i = 0; i < room; i++) {
                fill.put(i, pool.acquire());
            }
            fill.submit(room);
            total += room;
        }
        receivingCount += total;
        return total;
    }

    /** Moves received frames into a batch. */
    int receive(final PacketBatch batch, final long frameMask) {
        final int count = rx.peek(PacketBatch.CAPACITY);
        for (int i = 0; i < count; i++) {
            final int dataOffset = (int) rx.dataOffset(i);
            batch.add(dataOffset & (int) frameMask, dataOffset, rx.length(i), interfaceSlot);
        }
        if (count > 0) {
            rx.release(count);
            receivingCount -= count;
        }
        return count;
    }

    /** Whether the interface is gone: a socket is never bound again. */
    boolean isUnbound() {
        return isUnbound;
    }

    /** Puts a packet up for sending; {@link #submit} sends it. False if the ring is full, or nobody empties it any more. */
    boolean stage(final int packetOffset, final int length) {
        if (isUnbound || stagedCount == grantedCount && !grant()) {
            return false;
        }
        tx.put(stagedCount++, packetOffset, length);
        return true;
    }

    /** Hands staged packets to the kernel. */
    void submit() {
        if (stagedCount > 0) {
            tx.submit(stagedCount);
            sendingCount += stagedCount;
        }
        stagedCount = 0;
        grantedCount = 0;
    }

    /**
     * Wakes the kernel where a ring asks for it; answers how many calls that took. A queue whose interface is gone asks
     * forever, and is never woken again.
     */
    int wake() {
        int calls = 0;
        if (!isUnbound && sendingCount > 0 && tx.needsWakeup() && tx.pendingCount() > 0) {
            Wake wake;
            do {
                wake = waker.wakeTx();
                calls++;
            } while (wake == Wake.AGAIN && calls < WAKE_LIMIT && tx.pendingCount() > 0);
            isUnbound = wake == Wake.UNBOUND;
        }
        if (!isUnbound && fill.needsWakeup()) {
            isUnbound = waker.wakeRx() == Wake.UNBOUND;
            calls++;
        }
        return calls;
    }

    /**
     * Adds where this queue's frames are, as far as they are not in the pool. What the kernel has taken from one ring and
     * not yet brought by the other is with the kernel.
     */
    void census(final FrameCount frames) {
        final int ready = rx.readyCount();
        final int filled = fill.pendingCount();
        final int completed = completion.readyCount();
        final int queued = tx.pendingCount();
        frames.add(WorkerStats.FRAMES_FILL, filled);
        frames.add(WorkerStats.FRAMES_KERNEL_RX, receivingCount - filled - ready);
        frames.add(WorkerStats.FRAMES_RX, ready);
        frames.add(WorkerStats.FRAMES_TX, queued);
        frames.add(WorkerStats.FRAMES_KERNEL_TX, sendingCount - queued - completed);
        frames.add(WorkerStats.FRAMES_COMPLETION, completed);
    }

    private boolean grant() {
        if (grantedCount > 0) {
            return false; // the reservation was for a whole batch: what is beyond it found the ring full
        }
        grantedCount = tx.reserve(PacketBatch.CAPACITY);
        return grantedCount > 0;
    }
}
