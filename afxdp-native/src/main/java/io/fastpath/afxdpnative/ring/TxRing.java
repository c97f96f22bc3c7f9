package io.fastpath.afxdpnative.ring;

import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.LENGTH_OFFSET;
import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.OPTIONS_OFFSET;
import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.PACKET_ENTRY_LENGTH;

/** Hands packets to the kernel, which sends them. Thread and failure rules: {@link ProducerRing}. */
public final class TxRing extends ProducerRing {
    /**
     * Start on memory whose indices are as the kernel left them.
     *
     * @param memory of a ring with entries of {@link XdpRingDescriptor#PACKET_ENTRY_LENGTH} bytes.
     */
    public TxRing(final RingMemory memory) {
        super(memory, PACKET_ENTRY_LENGTH);
    }

    /**
     * Write one entry of the reservation.
     *
     * @param index of the entry in the reservation, from 0.
     * @param dataOffset of the packet's first byte, in bytes from the UMEM's start.
     * @param length of the packet in bytes; packet and offset must stay inside one frame, else the kernel sends nothing,
     *     counts {@code tx_invalid_descs}, and depending on its version completes the entry or forgets it.
     */
    public void put(final int index, final long dataOffset, final int length) {
        final int offset = entryOffset(index, PACKET_ENTRY_LENGTH);
        buffer.putLong(offset, dataOffset);
        buffer.putInt(offset + LENGTH_OFFSET, length);
        buffer.putInt(offset + OPTIONS_OFFSET, 0);
    }
}
