package io.fastpath.kernelbpf.layout;

/**
 * Clients whose new connections are counted, four to a line. C twin: {@code struct fp_limit}; {@code fp_limit.h} tells
 * who writes what.
 *
 * <pre>
 *   0                   8                                       32
 *  +-------------------+-------------------+---------+---------+-------------------+---------+---------+---------+
 *  | tag 0             | tag 1             | tag 2   | tag 3   | full again 0      | 1       | 2       | 3       |
 *  +-------------------+-------------------+---------+---------+-------------------+---------+---------+---------+
 * </pre>
 */
public final class LimitDescriptor {
    /** Bytes of a line. */
    public static final int LENGTH = 64;

    /** {@link #WAYS} u64: keyed hashes of service and client; 0 where nobody was yet. */
    public static final int TAG_OFFSET = 0;

    /** {@link #WAYS} u64: when the bucket of each is full again. */
    public static final int FULL_NS_OFFSET = 32;

    /** Clients of a line. */
    public static final int WAYS = 4;

    /** Lines of the table. */
    public static final int LINES = 16_384;

    private LimitDescriptor() {}

    /**
     * Where a line begins.
     *
     * @param index of it
     * @return bytes from the table's beginning
     */
    public static long lineOffset(final int index) {
        return (long) index * LENGTH;
    }
}
