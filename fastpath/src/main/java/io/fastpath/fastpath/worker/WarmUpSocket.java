package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.ring.CompletionRing;
import io.fastpath.afxdpnative.ring.FillRing;
import io.fastpath.afxdpnative.ring.RingMemory;
import io.fastpath.afxdpnative.ring.RxRing;
import io.fastpath.afxdpnative.ring.TxRing;
import io.fastpath.afxdpnative.xsk.Wake;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A socket without a kernel, for {@link WarmUp}: four rings in memory, of which this has the kernel's ends. It asks to be
 * woken all the time, as a socket in copy mode does. One thread.
 *
 * <p>There are three kinds of it, alike but for their class: a call that the compiler has seen to reach one or two classes
 * only is compiled for those, and thrown away when the real socket's comes.
 */
abstract class WarmUpSocket implements QueuePort.Waker {
    static final int RING_SIZE = 128;

    private static final int PRODUCER = 0;
    private static final int CONSUMER = 64;
    private static final int FLAGS = 128;
    private static final int ENTRIES = 192;
    private static final int NEED_WAKEUP = 1;
    private static final int ADDRESS_LENGTH = 8;
    private static final int DESCRIPTOR_LENGTH = 16;

    private final UnsafeBuffer fill = ring(ADDRESS_LENGTH);
    private final UnsafeBuffer completion = ring(ADDRESS_LENGTH);
    private final UnsafeBuffer rx = ring(DESCRIPTOR_LENGTH);
    private final UnsafeBuffer tx = ring(DESCRIPTOR_LENGTH);
    private final QueuePort.Rings rings = new QueuePort.Rings(
            new FillRing(memory(fill)),
            new CompletionRing(memory(completion)),
            new RxRing(memory(rx)),
            new TxRing(memory(tx)));

    /** One of the kinds. */
    static WarmUpSocket ofKind(final int kind) {
        final WarmUpSocket socket = switch (kind % 3) {
            case 0 -> new First();
            case 1 -> new Second();
            default -> new Third();
        };
        socket.fill.putInt(FLAGS, NEED_WAKEUP);
        socket.tx.putInt(FLAGS, NEED_WAKEUP);
        return socket;
    }

    QueuePort.Rings rings() {
        return rings;
    }

    /** Takes a frame to receive into: its offset, -1 if there is none. */
    long takeFrame() {
        final int index = fill.getInt(CONSUMER);
        if (index == fill.getIntVolatile(PRODUCER)) {
            return -1;
        }
        final long frame = fill.getLong(entry(index, ADDRESS_LENGTH));
        fill.putIntOrdered(CONSUMER, index + 1);
        return frame;
    }

    /** Has a packet be received. There is room, as there are no more frames than entries. */
    void bring(final long dataOffset, final int length) {
        final int index = rx.getInt(PRODUCER);
        final int entry = entry(index, DESCRIPTOR_LENGTH);
        rx.putLong(entry, dataOffset);
        rx.putInt(entry + Long.BYTES, length);
        rx.putIntOrdered(PRODUCER, index + 1);
    }

    /** Takes what was sent, and gives its frames back. */
    void send(final Sink sink) {
        int index = tx.getInt(CONSUMER);
        for (final int end = tx.getIntVolatile(PRODUCER); index != end; index++) {
            final int entry = entry(index, DESCRIPTOR_LENGTH);
            final long dataOffset = tx.getLong(entry);
            sink.sent((int) dataOffset, tx.getInt(entry + Long.BYTES));
            final int completed = completion.getInt(PRODUCER);
            completion.putLong(entry(completed, ADDRESS_LENGTH), dataOffset);
            completion.putIntOrdered(PRODUCER, completed + 1);
        }
        tx.putIntOrdered(CONSUMER, index);
    }

    /** Where sent packets go. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes one.
         *
         * @param dataOffset in the packet memory
         * @param length in bytes
         */
        void sent(int dataOffset, int length);
    }

    private static int entry(final int index, final int entryLength) {
        return ENTRIES + (index & RING_SIZE - 1) * entryLength;
    }

    private static UnsafeBuffer ring(final int entryLength) {
        return new UnsafeBuffer(
                ByteBuffer.allocateDirect(ENTRIES + RING_SIZE * entryLength).order(ByteOrder.nativeOrder()));
    }

    private static RingMemory memory(final UnsafeBuffer buffer) {
        return new RingMemory(buffer, PRODUCER, CONSUMER, FLAGS, ENTRIES, RING_SIZE);
    }

    private static final class First extends WarmUpSocket {
        @Override
        public Wake wakeTx() {
            return Wake.DONE;
        }

        @Override
        public Wake wakeRx() {
            return Wake.DONE;
        }

        @Override
        public long lostCount() {
            return 0;
        }
    }

    private static final class Second extends WarmUpSocket {
        @Override
        public Wake wakeTx() {
            return Wake.DONE;
        }

        @Override
        public Wake wakeRx() {
            return Wake.DONE;
        }

        @Override
        public long lostCount() {
            return 0;
        }
    }

    private static final class Third extends WarmUpSocket {
        @Override
        public Wake wakeTx() {
            return Wake.DONE;
        }

        @Override
        public Wake wakeRx() {
            return Wake.DONE;
        }

        @Override
        public long lostCount() {
            return 0;
        }
    }
}
