package io.fastpath.kernelbpf.layout;

/**
 * How many new connections a service takes in a second: a record by the service's index. A word tells when a bucket would
 * be full again; an interval of 0 is no limit. C twin: {@code struct fp_rate}; {@code fp_limit.h} tells the whole.
 *
 * <pre>
 *   0                   8                   16                  24                  32
 *  +-------------------+-------------------+-------------------+-------------------+
 *  | full again        | interval          | client's interval | SYNs: full again  |
 *  +-------------------+-------------------+-------------------+-------------------+
 *  | SYNs: interval    | zero                                                      |
 *  +-------------------+-----------------------------------------------------------+
 * </pre>
 */
public final class RateDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

    /** u64: when the service's bucket is full again; compare-and-swap by both engines. */
    public static final int FULL_NS_OFFSET = 0;

    /** u64: from one new connection to the next, where they come evenly. */
    public static final int INTERVAL_NS_OFFSET = 8;

    /** u64: the same, of each client. */
    public static final int CLIENT_INTERVAL_NS_OFFSET = 16;

    /** u64: when the bucket of SYNs is full again; compare-and-swap by both engines. */
    public static final int SYN_FULL_NS_OFFSET = 24;

    /** u64: from one SYN to the next that is let in; 0 for all, and more than a bucket can give for none. */
    public static final int SYN_INTERVAL_NS_OFFSET = 32;

    private RateDescriptor() {}

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
