package io.fastpath.fastpath.wire;

/**
 * A MAC address as the low 48 bits of a long, its six bytes as they stand in memory: what eight bytes read from a
 * packet hold in their lower part. The control side writes it as a number instead, first byte uppermost. Pure
 * functions.
 */
public final class MacWord {
    /** The 48 bits. */
    public static final long MASK = 0xffff_ffff_ffffL;

    /** How many they are. */
    public static final int BITS = 48;

    private MacWord() {}

    /**
     * The address in a word that was read from memory.
     *
     * @param word of eight bytes, the address first
     * @return the address alone
     */
    public static long of(final long word) {
        return word & MASK;
    }

    /**
     * The address of a number.
     *
     * @param mac {@code 0x02fc00000001} for 02:fc:00:00:00:01
     * @return as it stands in memory
     */
    public static long ofNumber(final long mac) {
        return Long.reverseBytes(mac) >>> Long.SIZE - BITS;
    }

    /**
     * The number of an address.
     *
     * @param macMemory as it stands in memory
     * @return first byte uppermost
     */
    public static long toNumber(final long macMemory) {
        return Long.reverseBytes(macMemory) >>> Long.SIZE - BITS;
    }

    /**
     * Whether frames can be sent to the address as one station's.
     *
     * @param macMemory as it stands in memory
     * @return false for group addresses and all zeros
     */
    public static boolean isUnicast(final long macMemory) {
        return (macMemory & 1) == 0 && (macMemory & MASK) != 0;
    }
}
