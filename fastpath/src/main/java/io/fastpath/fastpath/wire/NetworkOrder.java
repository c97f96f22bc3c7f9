package io.fastpath.fastpath.wire;

/** Between a number and its two bytes as they stand in a packet's memory. Pure functions. */
public final class NetworkOrder {
    private static final int U16_MASK = 0xffff;

    private NetworkOrder() {}

    /**
     * The number that two bytes of a packet mean, or the bytes of a number: the swap is its own inverse.
     *
     * @param value 16 bits, higher ones ignored
     * @return from 0 to 65535
     */
    public static int swap16(final int value) {
        return Short.reverseBytes((short) value) & U16_MASK;
    }
}
