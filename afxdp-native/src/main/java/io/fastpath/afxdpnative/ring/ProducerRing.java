package io.fastpath.afxdpnative.ring;

import static org.agrona.DirectBuffer.SHOULD_BOUNDS_CHECK;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The producer's side of a ring whose consumer is the kernel: reserve room, put entries, submit them.
 *
 * <p>Owned by one thread. Allocates nothing. The kernel's index is data from outside: one that is impossible (behind what
 * it already said, or ahead of what was submitted) is counted in {@link #corruptIndexCount()} and otherwise ignored, so
 * that the ring at worst stays full.
 */
public abstract sealed class ProducerRing permits FillRing, TxRing {
    final UnsafeBuffer buffer;
    final int entriesOffset;
    final int mask;
    int producerIndex;

    private final int entryCount;
    private final int producerOffset;
    private final int consumerOffset;
    private final int flagsOffset;
    private int cachedConsumerIndex;
    private int reservedCount;
    private long corruptIndexCount;

    ProducerRing(final RingMemory memory, final int entryLength) {
        memory.checkEntries(entryLength);
        buffer = memory.buffer();
        entriesOffset = memory.entriesOffset();
        entryCount = memory.entryCount();
        mask = entryCount - 1;
        producerOffset = memory.producerOffset();
        consumerOffset = memory.consumerOffset();
        flagsOffset = memory.flagsOffset();
        producerIndex = buffer.getIntAcquire(producerOffset);
        cachedConsumerIndex = producerIndex - entryCount; // full, until the kernel's index says otherwise
        refreshedPendingCount();
    }

    /**
     * Ask for room. A reservation is not cumulative: it lasts until {@link #submit} or the next reserve.
     *
     * @param countLimit entries wanted, 0 or more.
     * @return entries granted, from 0 (full) to {@code countLimit}; they are addressed 0 to granted-1.
     */
    public final int reserve(final int countLimit) {
        int free = entryCount - (producerIndex - cachedConsumerIndex);
        if (free < countLimit) {
            free = entryCount - refreshedPendingCount();
        }
        reservedCount = Math.min(free, countLimit);
        return reservedCount;
    }

    /**
     * Give the first entries of the reservation to the kernel; the rest of it is dropped.
     *
     * @param count entries put, at most what was reserved.
     */
    public final void submit(final int count) {
        if (SHOULD_BOUNDS_CHECK) {
            checkCount(count);
        }
        reservedCount = 0;
        producerIndex += count;
        // Release: the entries put, and the packet bytes they point at, must be visible before the index that covers
        // them.
        buffer.putIntRelease(producerOffset, producerIndex);
    }

    /**
     * {@return whether the kernel asks to be woken for this ring}
     *
     * <p>Ask in every duty cycle, not only after a submit: the kernel may raise the flag just after it has looked at the
     * ring, and a single late look would miss that.
     */
    public final boolean needsWakeup() {
        return (buffer.getIntOpaque(flagsOffset) & XdpRingDescriptor.FLAG_NEED_WAKEUP) != 0;
    }

    /** {@return entries submitted that the kernel hasn't taken yet, read now} */
    public final int pendingCount() {
        return refreshedPendingCount();
    }

    /** {@return how many entries were ever submitted, modulo 2^32} */
    public final int submittedIndex() {
        return producerIndex;
    }

    /** {@return how many entries the kernel ever took, modulo 2^32, read now} */
    public final int takenIndex() {
        return producerIndex - refreshedPendingCount();
    }

    /** {@return the number of entries of the ring} */
    public final int entryCount() {
        return entryCount;
    }

    /** {@return how often the kernel's index was impossible; anything but 0 means that the ring's memory is damaged} */
    public final long corruptIndexCount() {
        return corruptIndexCount;
    }

    /** Byte offset of an entry of the reservation; every index is masked, so that no entry lies outside the ring. */
    final int entryOffset(final int index, final int entryLength) {
        if (SHOULD_BOUNDS_CHECK) {
            checkIndex(index);
        }
        return entriesOffset + ((producerIndex + index) & mask) * entryLength;
    }

    private int refreshedPendingCount() {
        final int lastPending = producerIndex - cachedConsumerIndex;
        // Acquire: the kernel has read the entries before it said so, hence they may be overwritten after this load.
        final int consumerIndex = buffer.getIntAcquire(consumerOffset);
        final int pending = producerIndex - consumerIndex;
        if (Integer.compareUnsigned(pending, lastPending) > 0) {
            corruptIndexCount++;
            return lastPending;
        }
        cachedConsumerIndex = consumerIndex;
        return pending;
    }

    private void checkCount(final int count) {
        if (count < 0 || count > reservedCount) {
            throw new IndexOutOfBoundsException("submit of " + count + " entries, reserved " + reservedCount);
        }
    }

    private void checkIndex(final int index) {
        if (index < 0 || index >= reservedCount) {
            throw new IndexOutOfBoundsException("entry " + index + ", reserved " + reservedCount);
        }
    }
}
