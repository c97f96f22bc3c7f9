package io.fastpath.kernelbpf.layout;

/**
 * What the control thread may change while packets flow: which engine does the work, when the kernel engine steps in for
 * a worker, and the flow table's timeouts, which the kernel engine needs to make room without a worker. One record. C
 * twin: {@code struct fp_control}.
 *
 * <pre>
 *   0         4         8                   16
 *  +---------+---------+-------------------+
 *  | engine  | spill   | stallLimitNs      |
 *  +---------+---------+-------------------+
 *  | timeout in ticks, one u32 per state   |   16 to 80
 *  +---------------------------------------+
 *  | takeover| errors  | prefilter         |   its flags and its generation
 *  | count   | a second| flags   | generat.|   80 to 96
 *  +---------+---------+---------+---------+
 *  | zero              | hosts4  | hosts6  |   96 to 112: lengths of prefix VIPs
 *  +---------+---------+---------+---------+
 *  | wide    | zero    |s|       | zero    |   112 to 128: which wide services there are; synTries u8
 *  +---------+---------------------------------------------------------+
 *  | errorFullNs       | zero                                          |   128 to 192
 *  +-------------------+-----------------------------------------------+
 * </pre>
 *
 * <p>Writer: the control thread, plain stores of single words; each is good at any moment. But for {@code errorFullNs}: all
 * CPUs and workers move it on by compare-and-swap, and so it has a cache line to itself.
 */
public final class ControlDescriptor {
    /** Bytes of the record. */
    public static final int LENGTH = 192;

    /** u32: {@link #ENGINE_USERSPACE}, {@link #ENGINE_HYBRID} or {@link #ENGINE_KERNEL}. */
    public static final int ENGINE_OFFSET = 0;

    /** u32: frames in flight at a queue's worker from which on the kernel engine takes the next. */
    public static final int SPILL_LIMIT_OFFSET = 4;

    /** u64: age of a heartbeat from which on its worker is not fresh. */
    public static final int STALL_LIMIT_NS_OFFSET = 8;

    /** {@link #STATES} u32. By {@link FlowState}; 0 where a state has none. */
    public static final int TIMEOUT_TICKS_OFFSET = 16;

    /** u32: processes that went on with the tables of an earlier one. No engine reads it. */
    public static final int TAKEOVER_COUNT_OFFSET = 80;

    /** u32: ICMP errors of our own in a second; 0 for none. */
    public static final int ERROR_RATE_OFFSET = 84;

    /** u32: which tries have entries, {@link Prefix4Descriptor}. */
    public static final int PREFILTER_FLAGS_OFFSET = 88;

    /** u32: of the prefilter's list in force, 16 bits. No engine reads it. */
    public static final int PREFILTER_GENERATION_OFFSET = 92;

    /** u32: host bits of IPv4 prefix VIPs, a byte each, lowest first from the low byte on; 0 ends it. */
    public static final int HOST_BITS_IPV4_OFFSET = 104;

    /** u32: the same of IPv6. */
    public static final int HOST_BITS_IPV6_OFFSET = 108;

    /** u32: {@link #WIDE_RANGES} and {@link #WIDE_PREFIXES}. */
    public static final int WIDE_OFFSET = 112;

    /** u8: a SYN that came again so often unanswered goes to another backend; 0 for never for that. */
    public static final int SYN_TRIES_OFFSET = 120;

    /** u64: when the bucket of those errors is full again. */
    public static final int ERROR_FULL_NS_OFFSET = 128;

    /** There are services for a range of ports. */
    public static final int WIDE_RANGES = 1;

    /** There are services for a prefix. */
    public static final int WIDE_PREFIXES = 2;

    /** Lengths of prefix VIPs of a family: each costs a look-up that misses two probes. */
    public static final int PREFIX_LENGTHS = 4;

    /** A worker, while it is fresh and has room. */
    public static final int ENGINE_USERSPACE = 0;

    /** The kernel for packets of known flows, a worker for the rest. */
    public static final int ENGINE_HYBRID = 1;

    /** The kernel. */
    public static final int ENGINE_KERNEL = 2;

    /** Timeouts. */
    public static final int STATES = 16;

    private ControlDescriptor() {}
}
