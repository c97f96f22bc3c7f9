package io.fastpath.kernelbpf.layout;

/**
 * Clients that keep their backend, four to a line. C twin: {@code struct fp_affinity}; {@code fp_affinity.h} tells who
 * writes what.
 *
 * <pre>
 *   0                   8                                       32
 *  +-------------------+-------------------+---------+---------+---------+---------+---------+---------+----+----+
 *  | tag 0             | tag 1             | tag 2   | tag 3   | until 0 | 1       | 2       | 3       |bknd| .. |
 *  +-------------------+-------------------+---------+---------+---------+---------+---------+---------+----+----+
 * </pre>
 */
public final class AffinityDescriptor {
    /** Bytes of a line. */
    public static final int LENGTH = 64;

    /** {@link #WAYS} u64: keyed hashes of service and client's prefix; 0 where nobody was yet. */
    public static final int TAG_OFFSET = 0;

    /** {@link #WAYS} u32: the tick up to which each keeps its backend. */
    public static final int UNTIL_TICKS_OFFSET = 32;

    /** 8 bytes: u16 for each, its backend's index. */
    public static final int BACKEND_INDEX_OFFSET = 48;

    /** Clients of a line. */
    public static final int WAYS = 4;

    /** Lines of the table. */
    public static final int LINES = 32_768;

    private AffinityDescriptor() {}

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
