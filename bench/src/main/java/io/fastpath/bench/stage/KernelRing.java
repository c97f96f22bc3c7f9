package io.fastpath.bench.stage;

import io.fastpath.afxdpnative.ring.RingMemory;
import io.fastpath.afxdpnative.ring.XdpRingDescriptor;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The kernel's side of one AF_XDP ring, on memory: it moves its index and leaves the entries as they are. Laid out as the
 * kernel does, each index on a cache line of its own. One thread.
 */
public final class KernelRing {
    private static final int PRODUCER_OFFSET = 0;
    private static final int CONSUMER_OFFSET = BitUtil.CACHE_LINE_LENGTH;
    private static final int FLAGS_OFFSET = 2 * BitUtil.CACHE_LINE_LENGTH;
    private static final int ENTRIES_OFFSET = 3 * BitUtil.CACHE_LINE_LENGTH;
    private static final int PACKET_LENGTH = 60;
    private static final int FRAME_LENGTH = 2048;

    private final UnsafeBuffer buffer;
    private final RingMemory memory;

    /**
     * A ring that is empty, its entries already naming one frame each.
     *
     * @param entryCount a power of two
     * @param entryLength of {@link XdpRingDescriptor}: addresses or packets
     */
    public KernelRing(final int entryCount, final int entryLength) {
        final int length = XdpRingDescriptor.mappingLength(ENTRIES_OFFSET, entryCount, entryLength);
        buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, BitUtil.CACHE_LINE_LENGTH));
        for (int i = 0; i < entryCount; i++) {
            final int offset = ENTRIES_OFFSET + i * entryLength;
            buffer.putLong(offset, (long) i * FRAME_LENGTH);
            if (entryLength == XdpRingDescriptor.PACKET_ENTRY_LENGTH) {
                buffer.putInt(offset + XdpRingDescriptor.LENGTH_OFFSET, PACKET_LENGTH);
            }
        }
        memory = new RingMemory(buffer, PRODUCER_OFFSET, CONSUMER_OFFSET, FLAGS_OFFSET, ENTRIES_OFFSET, entryCount);
    }

    /**
     * What the other side works on.
     *
     * @return the ring
     */
    public RingMemory memory() {
        return memory;
    }

    /**
     * As consumer: takes entries.
     *
     * @param count that are there
     * @return count
     */
    public int take(final int count) {
        buffer.putIntRelease(CONSUMER_OFFSET, buffer.getInt(CONSUMER_OFFSET) + count);
        return count;
    }

    /**
     * As producer: brings entries.
     *
     * @param count for which there is room
     */
    public void produce(final int count) {
        buffer.putIntRelease(PRODUCER_OFFSET, buffer.getInt(PRODUCER_OFFSET) + count);
    }
}
