package io.fastpath.afxdpnative.ring;

import static org.agrona.DirectBuffer.SHOULD_BOUNDS_CHECK;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The consumer's side of a ring whose producer is the kernel: peek at entries, read them, release them.
 *
 * <p>Owned by one thread. Allocates nothing. The kernel's index is data from outside: one that claims more entries than
 * the ring has is counted in {@link #corruptIndexCount()} and otherwise ignored, so that the ring at worst stays empty.
 */
public abstract sealed class ConsumerRing permits RxRing, CompletionRing {
    final UnsafeBuffer buffer;
    final int entriesOffset;
    final int mask;
    int consumerIndex;

    private final int entryCount;
    private final int producerOffset;
    private final int consumerOffset;
    private int cachedProducerIndex;
    private int peekedCount;
    private long corruptIndexCount;

    ConsumerRing(final RingMemory memory, final int entryLength) {
        memory.checkEntries(entryLength);
        buffer = memory.buffer();
        entriesOffset = memory.entriesOffset();
        entryCount = memory.entryCount();
        mask = entryCount - 1;
        producerOffset = memory.producerOffset();
        consumerOffset = memory.consumerOffset();
        consumerIndex = buffer.getIntAcquire(consumerOffset);
        cachedProducerIndex = consumerIndex;
    }

    /**
     * Look for entries. A peek is not cumulative: it lasts until {@link #release} or the next peek.
     *
     * @param countLimit entries wanted, 0 or more.
     * @return entries ready, from 0 (empty) to {@code countLimit}; they are addressed 0 to ready-1.
     */
    public final int peek(final int countLimit) {
        int ready = cachedProducerIndex - consumerIndex;
        if (ready == 0) {
            ready = refreshedReadyCount();
        }
        peekedCount = Math.min(ready, countLimit);
        return peekedCount;
    }

    /**
     * Give the first entries of the peek back to the kernel; the rest stays ready.
     *
     * @param count entries read, at most what was peeked.
     */
    public final void release(final int count) {
        if (SHOULD_BOUNDS_CHECK) {
            checkCount(count);
        }
        peekedCount = 0;
        consumerIndex += count;
        // Release: our reads of the entries must be done before the index lets the kernel overwrite them.
        buffer.putIntRelease(consumerOffset, consumerIndex);
    }

    /** {@return entries that the kernel has produced and we haven't released yet, read now} */
    public final int readyCount() {
        return refreshedReadyCount();
    }

    /** {@return how many entries were ever released, modulo 2^32} */
    public final int releasedIndex() {
        return consumerIndex;
    }

    /** {@return how many entries the kernel ever produced, modulo 2^32, read now} */
    public final int producedIndex() {
        return consumerIndex + refreshedReadyCount();
    }

    /** {@return the number of entries of the ring} */
    public final int entryCount() {
        return entryCount;
    }

    /** {@return how often the kernel's index was impossible; anything but 0 means that the ring's memory is damaged} */
    public final long corruptIndexCount() {
        return corruptIndexCount;
    }

    /** Byte offset of an entry of the peek; every index is masked, so that no entry lies outside the ring. */
    final int entryOffset(final int index, final int entryLength) {
        if (SHOULD_BOUNDS_CHECK) {
            checkIndex(index);
        }
        return entriesOffset + ((consumerIndex + index) & mask) * entryLength;
    }

    private int refreshedReadyCount() {
        final int lastReady = cachedProducerIndex - consumerIndex;
        // Acquire: the entries, and the packet bytes they point at, were written before the index that covers them.
        final int producerIndex = buffer.getIntAcquire(producerOffset);
        final int ready = producerIndex - consumerIndex;
        if (Integer.compareUnsigned(ready, entryCount) > 0 || ready < lastReady) {
            corruptIndexCount++;
            return lastReady;
        }
        cachedProducerIndex = producerIndex;
        return ready;
    }

    private void checkCount(final int count) {
        if (count < 0 || count > peekedCount) {
            throw new IndexOutOfBoundsException("release of " + count + " entries, peeked " + peekedCount);
        }
    }

    private void checkIndex(final int index) {
        if (index < 0 || index >= peekedCount) {
            throw new IndexOutOfBoundsException("entry " + index + ", peeked " + peekedCount);
        }
    }
}
