package io.fastpath.afxdpnative.ring;

import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.ADDRESS_ENTRY_LENGTH;

/** Brings back frames whose packets the kernel has sent. Thread and failure rules: {@link ConsumerRing}. */
public final class CompletionRing extends ConsumerRing {
    /**
     * Start on memory whose indices are as the kernel left them.
     *
     * @param memory of a ring with entries of {@link XdpRingDescriptor#ADDRESS_ENTRY_LENGTH} bytes.
     */
    public CompletionRing(final RingMemory memory) {
        super(memory, ADDRESS_ENTRY_LENGTH);
    }

    /**
     * {@return the offset that was put into the tx ring, in bytes from the UMEM's start: inside the sent frame, not
     * always its start}
     *
     * @param index of the entry in the peek, from 0.
     */
    public long dataOffset(final int index) {
        return buffer.getLong(entryOffset(index, ADDRESS_ENTRY_LENGTH));
    }
}
