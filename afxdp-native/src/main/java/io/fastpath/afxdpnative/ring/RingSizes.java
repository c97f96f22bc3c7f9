package io.fastpath.afxdpnative.ring;

/**
 * How many entries the four rings of one socket have.
 *
 * @param fillCount frames that may wait for the kernel to receive into.
 * @param rxCount packets that may wait for us.
 * @param txCount packets that may wait for the kernel to send.
 * @param completionCount sent frames that may wait for us; the kernel sends no packet for which it finds no room here,
 *     so fewer than {@code txCount} would throttle.
 */
public record RingSizes(int fillCount, int rxCount, int txCount, int completionCount) {
    /** Enough to ride out a pause of about a millisecond at 2 million packets a second. */
    public static final RingSizes DEFAULT = ofEach(2048);

    /** Refuses numbers that are no power of two, with an {@link IllegalArgumentException}. */
    public RingSizes {
        XdpRingDescriptor.checkEntryCount(fillCount);
        XdpRingDescriptor.checkEntryCount(rxCount);
        XdpRingDescriptor.checkEntryCount(txCount);
        XdpRingDescriptor.checkEntryCount(completionCount);
    }

    /**
     * {@return four rings of the same size}
     *
     * @param entryCount a power of two.
     */
    public static RingSizes ofEach(final int entryCount) {
        return new RingSizes(entryCount, entryCount, entryCount, entryCount);
    }
}
