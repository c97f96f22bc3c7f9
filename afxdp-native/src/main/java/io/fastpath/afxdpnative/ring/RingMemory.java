package io.fastpath.afxdpnative.ring;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where one ring lies in memory; see {@link XdpRingDescriptor} for the picture.
 *
 * @param buffer over the whole mapping.
 * @param producerOffset of the producer index, in bytes from the buffer's start.
 * @param consumerOffset of the consumer index, in bytes from the buffer's start.
 * @param flagsOffset of the flags word, in bytes from the buffer's start.
 * @param entriesOffset of entry 0, in bytes from the buffer's start.
 * @param entryCount a power of two.
 */
public record RingMemory(
        UnsafeBuffer buffer,
        int producerOffset,
        int consumerOffset,
        int flagsOffset,
        int entriesOffset,
        int entryCount) {

    /** Refuses what is misaligned or doesn't fit the buffer, with an {@link IllegalArgumentException}. */
    public RingMemory {
        XdpRingDescriptor.checkEntryCount(entryCount);
        checkWord("producer", producerOffset, Integer.BYTES, buffer.capacity());
        checkWord("consumer", consumerOffset, Integer.BYTES, buffer.capacity());
        checkWord("flags", flagsOffset, Integer.BYTES, buffer.capacity());
        checkWord("entries", entriesOffset, Long.BYTES, buffer.capacity());
    }

    /** Refuses entries that reach over the buffer's end; the ring knows how long its entries are. */
    void checkEntries(final int entryLength) {
        final int length = XdpRingDescriptor.mappingLength(entriesOffset, entryCount, entryLength);
        if (length > buffer.capacity()) {
            throw new IllegalArgumentException("ring needs " + length + " bytes, its memory has " + buffer.capacity());
        }
    }

    private static void checkWord(final String name, final int offset, final int wordLength, final int capacity) {
        if (offset < 0 || offset > capacity - wordLength || offset % wordLength != 0) {
            throw new IllegalArgumentException(
                    name + " offset " + offset + " is misaligned or outside " + capacity + " bytes");
        }
    }
}
