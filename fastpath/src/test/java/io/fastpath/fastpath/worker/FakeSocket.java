package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.ring.CompletionRing;
import io.fastpath.afxdpnative.ring.FillRing;
import io.fastpath.afxdpnative.ring.RingMemory;
import io.fastpath.afxdpnative.ring.RxRing;
import io.fastpath.afxdpnative.ring.TxRing;
import io.fastpath.afxdpnative.xsk.Wake;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.concurrent.UnsafeBuffer;

/** The kernel's side of a socket's four rings, moved by hand: what it holds, it holds until it is told to go on. */
final class FakeSocket implements QueuePort.Waker {
    private static final int PRODUCER = 0;
    private static final int CONSUMER = 64;
    private static final int FLAGS = 128;
    private static final int ENTRIES = 192;
    private static final int NEED_WAKEUP = 1;

    private final int size;
    private final UnsafeBuffer fill;
    private final UnsafeBuffer completion;
    private final UnsafeBuffer rx;
    private final UnsafeBuffer tx;
    private final QueuePort.Rings rings;
    private final Deque<Long> sending = new ArrayDeque<>();
    Wake answer = Wake.DONE;
    int wakeCount;
    long lost;

    FakeSocket(final int size) {
        this.size = size;
        fill = ring(8);
        completion = ring(8);
        rx = ring(16);
        tx = ring(16);
        rings = new QueuePort.Rings(
                new FillRing(memory(fill)),
                new CompletionRing(memory(completion)),
                new RxRing(memory(rx)),
                new TxRing(memory(tx)));
    }

    @Override
    public long lostCount() {
        return lost;
    }

    QueuePort.Rings rings() {
        return rings;
    }

    /** Puts any descriptor into the rx ring. */
    void bring(final long dataOffset, final int length) {
        final int index = rx.getInt(PRODUCER);
        final int entry = ENTRIES + (index & size - 1) * 16;
        rx.putLong(entry, dataOffset);
        rx.putInt(entry + 8, length);
        rx.putIntOrdered(PRODUCER, index + 1);
    }

    long takeFill() {
        final long frame = fill.getLong(ENTRIES + (fill.getInt(CONSUMER) & size - 1) * 8);
        fill.putInt(CONSUMER, fill.getInt(CONSUMER) + 1);
        return frame;
    }

    int filled() {
        return fill.getInt(PRODUCER) - fill.getInt(CONSUMER);
    }

    int queued() {
        return tx.getInt(PRODUCER) - tx.getInt(CONSUMER);
    }

    int sendingCount() {
        return sending.size();
    }

    /** Takes packets out of the tx ring, and keeps them. */
    void takeTx(final int count) {
        for (int i = 0; i < count; i++) {
            sending.add(tx.getLong(ENTRIES + (tx.getInt(CONSUMER) & size - 1) * 16));
            tx.putInt(CONSUMER, tx.getInt(CONSUMER) + 1);
        }
    }

    /** Gives packets back that it kept, the newest first. */
    void complete(final int count) {
        for (int i = 0; i < count; i++) {
            final int index = completion.getInt(PRODUCER);
            completion.putLong(ENTRIES + (index & size - 1) * 8, sending.removeLast());
            completion.putIntOrdered(PRODUCER, index + 1);
        }
    }

    /** Sets the flag with which the kernel asks to be woken for the tx ring. */
    void askForWakeup() {
        tx.putInt(FLAGS, NEED_WAKEUP);
    }

    /** Sets the flag with which the kernel asks to be woken for the fill ring. */
    void askForFrames() {
        fill.putInt(FLAGS, NEED_WAKEUP);
    }

    @Override
    public Wake wakeTx() {
        wakeCount++;
        return answer;
    }

    @Override
    public Wake wakeRx() {
        wakeCount++;
        return answer;
    }

    private UnsafeBuffer ring(final int entryLength) {
        return new UnsafeBuffer(
                ByteBuffer.allocateDirect(ENTRIES + size * entryLength + 64).order(ByteOrder.nativeOrder()));
    }

    private RingMemory memory(final UnsafeBuffer buffer) {
        return new RingMemory(buffer, PRODUCER, CONSUMER, FLAGS, ENTRIES, size);
    }
}
