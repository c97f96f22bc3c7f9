package io.fastpath.kernelbpf.layout;

/**
 * How many connections a service may have open, and has: a record by the service's index; a limit of 0 is none. C twin:
 * {@code struct fp_open}; {@code fp_open.h} tells the whole.
 *
 * <pre>
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | limit   | client's| open    | zero    |
 *  +---------+---------+---------+---------+
 * </pre>
 */
public final class OpenDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 16;

    /** u32: most connections of the service. */
    public static final int LIMIT_OFFSET = 0;

    /** u32: most connections of each client with the service. */
    public static final int CLIENT_LIMIT_OFFSET = 4;

    /** u32: connections of the service that were counted in and not out; below 0 for a moment at worst. */
    public static final int OPEN_COUNT_OFFSET = 8;

    private OpenDescriptor() {}

    /**
     * Where a record begins.
     *
     * @param serviceIndex of its service
     * @return bytes from the table's beginning
     */
    public static long recordOffset(final int serviceIndex) {
        return (long) serviceIndex * LENGTH;
    }
}
