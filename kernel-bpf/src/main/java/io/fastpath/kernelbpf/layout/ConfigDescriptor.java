package io.fastpath.kernelbpf.layout;

/**
 * What both engines must agree on before they touch a table. One record, written by the control thread before any
 * program is attached. C twin: {@code struct fp_config}.
 *
 * <pre>
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | magic   | layout  | flows   | services|   magic "FPTH"; layout version; slot counts
 *  +---------+---------+---------+---------+
 *  | backends| hops    | snat    | rows    |   capacities; SNAT addresses in use; counter rows
 *  +---------+---------+---------+---------+
 *  | cpuRows | portMin | portMax | maglev  |   counter rows of CPUs; SNAT port range; Maglev entries
 *  +---------+---------+---------+---------+
 *  | bootId            | zero              |
 *  +-------------------+-------------------+
 *  64: hash key, 11 words: the flow table's secret, random per boot
 *  152: selection key, 11 words: Maglev's hash, the same on every machine
 *  240: SNAT addresses, SNAT_LIMIT of 16 bytes
 *  1264: tunnels: outer IPv4 source, outer IPv6 source, 16 bytes each; their masks, 4 bytes each; GUE's port u16;
 *        Geneve's port u16; records beside the flow table u32
 *  1312: key of SYN cookies, 2 words, random per boot
 * </pre>
 */
public final class ConfigDescriptor {
    /** Bytes of the record. */
    public static final int LENGTH = 1328;

    /** u32: {@link #MAGIC}. */
    public static final int MAGIC_OFFSET = 0;

    /** u32: {@link #LAYOUT_VERSION}. */
    public static final int LAYOUT_VERSION_OFFSET = 4;

    /** u32: slots of the flow table. */
    public static final int FLOW_SLOT_COUNT_OFFSET = 8;

    /** u32: slots of the service table. */
    public static final int SERVICE_SLOT_COUNT_OFFSET = 12;

    /** u32: records of the backend table. */
    public static final int BACKEND_CAPACITY_OFFSET = 16;

    /** u32: records of the next-hop table. */
    public static final int NEXT_HOP_CAPACITY_OFFSET = 20;

    /** u32: SNAT addresses in use. */
    public static final int SNAT_COUNT_OFFSET = 24;

    /** u32: rows of the counter array. */
    public static final int COUNTER_ROW_COUNT_OFFSET = 28;

    /** u32: how many of them, from row 0, belong to CPUs. */
    public static final int CPU_ROW_COUNT_OFFSET = 32;

    /** u32: lowest SNAT port. */
    public static final int SNAT_PORT_MIN_OFFSET = 36;

    /** u32: highest SNAT port, inclusive. */
    public static final int SNAT_PORT_MAX_OFFSET = 40;

    /** u32: entries of the Maglev array. */
    public static final int MAGLEV_ENTRY_COUNT_OFFSET = 44;

    /** u64: random, drawn with the hash key. */
    public static final int BOOT_ID_OFFSET = 48;

    /** {@link #HASH_KEY_WORDS} u64. */
    public static final int HASH_KEY_OFFSET = 64;

    /** {@link #HASH_KEY_WORDS} u64. */
    public static final int SELECTION_KEY_OFFSET = 152;

    /** {@link #SNAT_LIMIT} addresses. */
    public static final int SNAT_OFFSET = 240;

    /** {@link #TUNNEL_FAMILIES} addresses: the prefix of outer sources, zeros behind it. */
    public static final int TUNNEL_SOURCE_OFFSET = 1264;

    /** {@link #TUNNEL_FAMILIES} u32, network order: of the last four bytes of the outer source, those bits that a flow's hash fills. */
    public static final int TUNNEL_MASK_BE_OFFSET = 1296;

    /** u16, network order: destination port of GUE. */
    public static final int GUE_PORT_BE_OFFSET = 1304;

    /** u16, network order: destination port of Geneve. */
    public static final int GENEVE_PORT_BE_OFFSET = 1306;

    /** u32: records of {@link FlowTcpDescriptor}: as many as slots in the flow table, or 1 where no service asks for them. */
    public static final int TCP_SLOT_COUNT_OFFSET = 1308;

    /** {@link #COOKIE_KEY_WORDS} u64: the secret of SYN cookies. */
    public static final int COOKIE_KEY_OFFSET = 1312;

    /** Words of the secret of SYN cookies. */
    public static final int COOKIE_KEY_WORDS = 2;

    /** Outer IPv4 and outer IPv6, in this order. */
    public static final int TUNNEL_FAMILIES = 2;

    /** "FPTH", as it stands in memory. */
    public static final int MAGIC = 0x48545046;

    /** Bumped with any change of a shared struct; a process refuses tables of another version. */
    public static final int LAYOUT_VERSION = 4;

    /** Words of a hash key. */
    public static final int HASH_KEY_WORDS = 11;

    /** How many SNAT addresses an instance can have. */
    public static final int SNAT_LIMIT = 64;

    private ConfigDescriptor() {}
}
