package io.fastpath.kernelbpf.layout;

/**
 * A range of source addresses in a service's list, or the list's head. The head is followed by so many ranges as its target says,
 * in the order of their first addresses. C twin: {@code struct fp_source}; {@code fp_source.h} tells the whole.
 *
 * <pre>
 *   0                                       16        20                  32
 *  +---------------------------------------+---------+-------------------+
 *  | first address; of a head zero         | target  | zero              |
 *  +---------------------------------------+---------+-------------------+
 * </pre>
 */
public final class SourceDescriptor {
    /** Bytes of an entry. */
    public static final int LENGTH = 32;

    /** 16 bytes. */
    public static final int FIRST_OFFSET = 0;

    /** u32: of a range what becomes of its sources, of a head the number of ranges. */
    public static final int TARGET_OFFSET = 16;

    /** Entries of all lists, old and new. */
    public static final int ENTRIES = 16384;

    /** Steps of a search among so many. */
    public static final int STEPS = 14;

    /** Target: dropped. */
    public static final int DENIED = 0;

    /** Target: the service itself. */
    public static final int OWN = 1;

    /** Target, and from there on: the service with this index, less this. */
    public static final int ROUTED = 2;

    private SourceDescriptor() {}

    /**
     * Where an entry begins.
     *
     * @param index from 0
     * @return bytes from the table's beginning
     */
    public static long entryOffset(final int index) {
        return (long) index * LENGTH;
    }
}
