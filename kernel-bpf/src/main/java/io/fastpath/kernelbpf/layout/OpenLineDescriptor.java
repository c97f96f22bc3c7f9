package io.fastpath.kernelbpf.layout;

/**
 * Words in which the open connections of clients are counted, so many to a line. C twin: {@code struct fp_open_line};
 * {@code fp_open.h} tells who writes what.
 *
 * <pre>
 *   0         4                             64
 *  +---------+-----------------------------+
 *  | word 0  | words 1 to 15               |
 *  +---------+-----------------------------+
 * </pre>
 */
public final class OpenLineDescriptor {
    /** Bytes of a line. */
    public static final int LENGTH = 64;

    /** {@link #WAYS} u32: connections of those who share the word. */
    public static final int COUNT_OFFSET = 0;

    /** Words of a line. */
    public static final int WAYS = 16;

    /** Lines of the table. */
    public static final int LINES = 8_192;

    private OpenLineDescriptor() {}

    /**
     * Where a word is.
     *
     * @param word of all lines, from 0
     * @return bytes from the table's beginning
     */
    public static long wordOffset(final int word) {
        return (long) word * Integer.BYTES;
    }
}
