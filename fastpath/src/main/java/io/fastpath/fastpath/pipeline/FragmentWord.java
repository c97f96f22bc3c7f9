package io.fastpath.fastpath.pipeline;

/**
 * What part of its datagram a packet is, in an int; offsets are in units of 8 bytes.
 *
 * <pre>
 *   31      29   28     27     26        13  12          0
 *  +----------+-----+--------+------------+---------------+
 *  | 0        | is  | last   | end        | start         |   0: a whole packet
 *  +----------+-----+--------+------------+---------------+
 * </pre>
 */
final class FragmentWord {
    /** A whole packet. */
    static final int NONE = 0;

    private static final int END_SHIFT = 13;
    private static final int START_MASK = (1 << END_SHIFT) - 1;
    private static final int END_MASK = (1 << 14) - 1;
    private static final int LAST = 1 << 27;
    private static final int IS_FRAGMENT = 1 << 28;
    private static final int UNIT = 8;

    private FragmentWord() {}

    /** A fragment of `length` bytes at an offset. */
    static int of(final int offset, final int length, final boolean isLast) {
        return IS_FRAGMENT | (isLast ? LAST : 0) | (offset + length + UNIT - 1) / UNIT << END_SHIFT | offset / UNIT;
    }

    static boolean isFragment(final int word) {
        return word != NONE;
    }

    static int start(final int word) {
        return word & START_MASK;
    }

    /** Exclusive, rounded up. */
    static int end(final int word) {
        return word >>> END_SHIFT & END_MASK;
    }

    static boolean isLast(final int word) {
        return (word & LAST) != 0;
    }
}
