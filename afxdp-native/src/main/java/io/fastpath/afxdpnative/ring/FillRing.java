package io.fastpath.afxdpnative.ring;

import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.ADDRESS_ENTRY_LENGTH;

/** Hands free frames to the kernel, which receives packets into them. Thread and failure rules: {@link ProducerRing}. */
public final class FillRing extends ProducerRing {
    /**
     * Start on memory whose indices are as the kernel left them.
     *
     * @param memory of a ring with entries of {@link XdpRingDescriptor#ADDRESS_ENTRY_LENGTH} bytes.
     */
    public FillRing(final RingMemory memory) {
        super(memory, ADDRESS_ENTRY_LENGTH);
    }

    /**
     * Write one entry of the reservation.
     *
     * @param index of the entry in the reservation, from 0.
     * @param frameOffset of the frame in bytes from the UMEM's start.
     */
    public void put(final int index, final long frameOffset) {
        buffer.putLong(entryOffset(index, ADDRESS_ENTRY_LENGTH), frameOffset);
    }
}
