package io.fastpath.afxdpnative.ring;

import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.ADDRESS_ENTRY_LENGTH;
import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.LENGTH_OFFSET;
import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.PACKET_ENTRY_LENGTH;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** Plays the kernel's side of one ring on the same memory, with indices of its own; written against the header, not the code. */
final class FakeKernel {
    static final int PRODUCER = 0;
    static final int CONSUMER = 64;
    static final int FLAGS = 128;
    static final int ENTRIES = 192;
    /** Bytes before and after the ring's memory that nobody may touch. */
    static final int GUARD_LENGTH = 4096;

    private static final byte GUARD = (byte) 0xA5;

    final RingMemory memory;
    private final UnsafeBuffer whole;
    private final int entryLength;
    private final int entryCount;

    private FakeKernel(final int entryCount, final int entryLength, final int startIndex, final UnsafeBuffer ring) {
        this.entryLength = entryLength;
        this.entryCount = entryCount;
        final int length = XdpRingDescriptor.mappingLength(ENTRIES, entryCount, entryLength);
        whole = new UnsafeBuffer(
                ByteBuffer.allocateDirect(length + 2 * GUARD_LENGTH).order(ByteOrder.nativeOrder()));
        whole.setMemory(0, whole.capacity(), GUARD);
        whole.setMemory(GUARD_LENGTH, length, (byte) 0);
        ring.wrap(whole, GUARD_LENGTH, length);
        ring.putInt(PRODUCER, startIndex);
        ring.putInt(CONSUMER, startIndex);
        memory = new RingMemory(ring, PRODUCER, CONSUMER, FLAGS, ENTRIES, entryCount);
    }

    static FakeKernel ofAddresses(final int entryCount, final int startIndex) {
        return new FakeKernel(entryCount, ADDRESS_ENTRY_LENGTH, startIndex, new UnsafeBuffer(0, 0));
    }

    static FakeKernel ofPackets(final int entryCount, final int startIndex) {
        return new FakeKernel(entryCount, PACKET_ENTRY_LENGTH, startIndex, new UnsafeBuffer(0, 0));
    }

    static FakeKernel ofAddresses(final int entryCount, final UnsafeBuffer ring) {
        return new FakeKernel(entryCount, ADDRESS_ENTRY_LENGTH, 0, ring);
    }

    static FakeKernel ofPackets(final int entryCount, final UnsafeBuffer ring) {
        return new FakeKernel(entryCount, PACKET_ENTRY_LENGTH, 0, ring);
    }

    /** Entries waiting for the kernel as consumer. */
    int pending() {
        return ring().getIntVolatile(PRODUCER) - ring().getIntVolatile(CONSUMER);
    }

    /** Kernel as consumer: the address of the oldest entry, without taking it. */
    long nextAddress() {
        return ring().getLong(entry(ring().getInt(CONSUMER)));
    }

    int nextLength() {
        return ring().getInt(entry(ring().getInt(CONSUMER)) + LENGTH_OFFSET);
    }

    long take() {
        final long address = nextAddress();
        ring().putIntVolatile(CONSUMER, ring().getInt(CONSUMER) + 1);
        return address;
    }

    /** Kernel as producer: one entry, if there is room. */
    boolean produce(final long address, final int length) {
        if (pending() == entryCount) {
            return false;
        }
        final int index = ring().getInt(PRODUCER);
        ring().putLong(entry(index), address);
        if (entryLength == PACKET_ENTRY_LENGTH) {
            ring().putInt(entry(index) + LENGTH_OFFSET, length);
        }
        ring().putIntVolatile(PRODUCER, index + 1);
        return true;
    }

    void lieAboutConsumer(final int index) {
        ring().putIntVolatile(CONSUMER, index);
    }

    void lieAboutProducer(final int index) {
        ring().putIntVolatile(PRODUCER, index);
    }

    void flags(final int flags) {
        ring().putIntVolatile(FLAGS, flags);
    }

    boolean guardsUntouched() {
        for (int i = 0; i < GUARD_LENGTH; i++) {
            if (whole.getByte(i) != GUARD || whole.getByte(whole.capacity() - 1 - i) != GUARD) {
                return false;
            }
        }
        return true;
    }

    private int entry(final int index) {
        return ENTRIES + Integer.remainderUnsigned(index, entryCount) * entryLength;
    }

    private UnsafeBuffer ring() {
        return memory.buffer();
    }
}
