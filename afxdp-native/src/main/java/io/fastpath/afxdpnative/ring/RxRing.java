package io.fastpath.afxdpnative.ring;

import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.LENGTH_OFFSET;
import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.PACKET_ENTRY_LENGTH;

/** Brings received packets from the kernel. Thread and failure rules: {@link ConsumerRing}. */
public final class RxRing extends ConsumerRing {
    /**
     * Start on memory whose indices are as the kernel left them.
     *
     * @param memory of a ring with entries of {@link XdpRingDescriptor#PACKET_ENTRY_LENGTH} bytes.
     */
    public RxRing(final RingMemory memory) {
        super(memory, PACKET_ENTRY_LENGTH);
    }

    /**
     * {@return where a packet starts, in bytes from the UMEM's start: behind the frame's headroom}
     *
     * @param index of the entry in the peek, from 0.
     */
    public long dataOffset(final int index) {
        return buffer.getLong(entryOffset(index, PACKET_ENTRY_LENGTH));
    }

    /**
     * {@return the packet's length in bytes}
     *
     * @param index of the entry in the peek, from 0.
     */
    public int length(final int index) {
        return buffer.getInt(entryOffset(index, PACKET_ENTRY_LENGTH) + LENGTH_OFFSET);
    }
}
