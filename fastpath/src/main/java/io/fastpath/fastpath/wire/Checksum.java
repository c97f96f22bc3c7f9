package io.fastpath.fastpath.wire;

import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3: {@code HC' = ~(~HC + ~m + m')}).
 * Sums are taken over native words, which is right in either byte order (RFC 1071, 2 B), and kept in 64 bits unfolded:
 * 2^32 is 1 modulo 2^16 - 1, so words of 32 bits may be added as they are. Pure functions.
 */
public final class Checksum {
    /** What a correct header or segment sums up to, its checksum included. */
    public static final int CORRECT = 0xffff;

    private static final long LOW_HALF = 0xffff_ffffL;
    private static final int U16_MASK = 0xffff;
    private static final int U8_MASK = 0xff;

    private Checksum() {}

    /**
     * Folds a sum into 16 bits, carries added at the low end. Adding a word to itself turned by half its width leaves
     * the sum of its halves, with the carry, in the upper half.
     *
     * @param sum unsigned
     * @return from 0 to 0xffff
     */
    public static int fold(final long sum) {
        final int half = (int) (sum + Long.rotateLeft(sum, Integer.SIZE) >>> Integer.SIZE);
        return half + Integer.rotateLeft(half, Short.SIZE) >>> Short.SIZE;
    }

    /**
     * The checksum of a sum.
     *
     * @param sum as {@link #fold} takes it
     * @return 16 bits, as they stand in memory
     */
    public static int finish(final long sum) {
        return ~fold(sum) & U16_MASK;
    }

    /**
     * What a word adds to a sum.
     *
     * @param word eight bytes of memory
     * @return its two halves' sum
     */
    public static long ofLong(final long word) {
        return (word & LOW_HALF) + (word >>> 32);
    }

    /**
     * What a word adds to a sum.
     *
     * @param word four bytes of memory
     * @return the word, unsigned
     */
    public static long ofInt(final int word) {
        return word & LOW_HALF;
    }

    /**
     * What replacing a word adds to a sum.
     *
     * @param old eight bytes of memory
     * @param update what shall stand there
     * @return {@code ~m + m'}
     */
    public static long replaceLong(final long old, final long update) {
        return ofLong(~old) + ofLong(update);
    }

    /**
     * What replacing a word adds to a sum.
     *
     * @param old four bytes of memory
     * @param update what shall stand there
     * @return {@code ~m + m'}
     */
    public static long replaceInt(final int old, final int update) {
        return ofInt(~old) + ofInt(update);
    }

    /**
     * The checksum after words were replaced.
     *
     * @param checksum 16 bits as they stood in memory; higher ones ignored
     * @param replaced sum of what {@link #replaceLong} and {@link #replaceInt} answered
     * @return 16 bits, as they stand in memory
     */
    public static int update(final int checksum, final long replaced) {
        return finish((~checksum & U16_MASK) + replaced);
    }

    /**
     * Sum of a range of memory.
     *
     * @param buffer to read
     * @param offset of the first byte
     * @param length in bytes, below 65536; may be odd
     * @return the sum, unfolded
     */
    public static long sum(final SharedMemory buffer, final long offset, final int length) {
        long sum = 0;
        long position = offset;
        final long end = offset + length;
        for (final long last = end - Long.BYTES; position <= last; position += Long.BYTES) {
            sum += ofLong(buffer.getLong(position));
        }
        if (end - position >= Integer.BYTES) {
            sum += ofInt(buffer.getInt(position));
            position += Integer.BYTES;
        }
        if (end - position >= Short.BYTES) {
            sum += buffer.getShort(position) & U16_MASK;
            position += Short.BYTES;
        }
        return position < end ? sum + (buffer.getByte(position) & U8_MASK) : sum;
    }

    /**
     * What the length and protocol of a pseudo-header add to a sum (RFC 9293, 3.1; RFC 8200, 8.1): for packets below 64
     * KiB the two families' forms add up to the same.
     *
     * @param protocol IP protocol number
     * @param length of transport header and data, below 65536
     * @return their sum
     */
    public static long ofPseudoHeader(final int protocol, final int length) {
        return (protocol << 8) + NetworkOrder.swap16(length);
    }
}
