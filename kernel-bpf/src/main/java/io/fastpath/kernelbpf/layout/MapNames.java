package io.fastpath.kernelbpf.layout;

import java.util.List;

/** Names of the maps in the eBPF objects, which are the names of their pins too. C twin: {@code fp_maps.h}. */
public final class MapNames {
    /** One {@link ConfigDescriptor}. */
    public static final String CONFIG = "fp_config";

    /** One {@link ControlDescriptor}. */
    public static final String CONTROL = "fp_control";

    /** {@link InterfaceDescriptor} records. */
    public static final String INTERFACES = "fp_interfaces";

    /** {@link QueueDescriptor} records. */
    public static final String QUEUES = "fp_queues";

    /** {@link ServiceDescriptor} slots. */
    public static final String SERVICES = "fp_services";

    /** Maglev entries, u16 each. */
    public static final String MAGLEV = "fp_maglev";

    /** {@link BackendDescriptor} records. */
    public static final String BACKENDS = "fp_backends";

    /** {@link BackendStatsDescriptor} records. */
    public static final String BACKEND_STATS = "fp_bstats";

    /** {@link VlanDescriptor} rows. */
    public static final String VLANS = "fp_vlans";

    /** {@link NextHopDescriptor} records. */
    public static final String NEXT_HOPS = "fp_next_hops";

    /** {@link FlowDescriptor} slots. */
    public static final String FLOWS = "fp_flows";

    /** {@link FlowTcpDescriptor} records. */
    public static final String FLOW_TCP = "fp_flow_tcp";

    /** {@link FragmentDescriptor} slots. */
    public static final String FRAGMENTS = "fp_fragments";

    /** {@link Counter} rows. */
    public static final String COUNTERS = "fp_counters";

    /** {@link RateDescriptor} records, by the service's index. */
    public static final String RATES = "fp_rates";

    /** {@link OpenDescriptor} records, by the service's index. */
    public static final String OPENS = "fp_opens";

    /** {@link OpenLineDescriptor} lines. */
    public static final String OPEN_LINES = "fp_open_lines";

    /** {@link LimitDescriptor} lines. */
    public static final String LIMITS = "fp_limits";

    /** The XSKMAP. */
    public static final String SOCKETS = "fp_sockets";

    /** The prefilter's IPv4 prefixes: a trie of {@link Prefix4Descriptor}. */
    public static final String DENY4 = "fp_deny4";

    /** The prefilter's IPv6 prefixes: a trie of {@link Prefix6Descriptor}. */
    public static final String DENY6 = "fp_deny6";

    /** The kernel engine's record of the packet under work, one per CPU. */
    public static final String SCRATCH = "fp_scratch";

    /** The kernel engine's flow entries before they are published, per CPU. */
    public static final String PENDING = "fp_pending";

    /** XDP's own: between which addresses replies go in fragments. */
    public static final String PAIRS = "fp_pairs";

    /** The kernel engine's next hop before it is entered, one per CPU. */
    public static final String HOP_DRAFT = "fp_hop_draft";

    /** The packet that a test run of the shadow program works on. Private to the kernel engine. */
    public static final String SHADOWED = "fp_shadowed";

    /** {@link AffinityDescriptor} lines. */
    public static final String AFFINITIES = "fp_affinities";

    /** {@link SourceDescriptor} entries. */
    public static final String SOURCES = "fp_sources";

    /** What the kernel engine has for itself: neither mapped nor pinned. */
    public static final List<String> PRIVATE = List.of(SCRATCH, PENDING, HOP_DRAFT, PAIRS, SHADOWED);

    /** What is pinned, but reached by system calls alone. */
    public static final List<String> UNMAPPED = List.of(SOCKETS, DENY4, DENY6);

    /** The mappable arrays. */
    public static final List<String> MAPPABLE = List.of(
            CONFIG,
            CONTROL,
            INTERFACES,
            VLANS,
            QUEUES,
            SERVICES,
            MAGLEV,
            BACKENDS,
            BACKEND_STATS,
            NEXT_HOPS,
            FLOWS,
            FLOW_TCP,
            FRAGMENTS,
            COUNTERS,
            OPENS,
            OPEN_LINES,
            AFFINITIES,
            SOURCES,
            RATES,
            LIMITS);

    private MapNames() {}
}
