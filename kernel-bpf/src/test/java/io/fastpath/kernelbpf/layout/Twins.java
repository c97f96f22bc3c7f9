package io.fastpath.kernelbpf.layout;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which C type and which Java class say the same, and how the names of one follow from those of the other. */
final class Twins {
    /** Structs whose fields stand in a descriptor, one by one. */
    static final Map<String, Class<?>> STRUCTS = Map.ofEntries(
            Map.entry("fp_config", ConfigDescriptor.class),
            Map.entry("fp_control", ControlDescriptor.class),
            Map.entry("fp_interface", InterfaceDescriptor.class),
            Map.entry("fp_queue", QueueDescriptor.class),
            Map.entry("fp_service", ServiceDescriptor.class),
            Map.entry("fp_backend", BackendDescriptor.class),
            Map.entry("fp_backend_stats", BackendStatsDescriptor.class),
            Map.entry("fp_next_hop", NextHopDescriptor.class),
            Map.entry("fp_shadow_order", ShadowDescriptor.class),
            Map.entry("fp_replay_order", ReplayDescriptor.class),
            Map.entry("fp_flow", FlowDescriptor.class),
            Map.entry("fp_open", OpenDescriptor.class),
            Map.entry("fp_open_line", OpenLineDescriptor.class),
            Map.entry("fp_source", SourceDescriptor.class),
            Map.entry("fp_affinity", AffinityDescriptor.class),
            Map.entry("fp_flow_tcp", FlowTcpDescriptor.class),
            Map.entry("fp_tcp_side", TcpSideDescriptor.class),
            Map.entry("fp_fragment", FragmentDescriptor.class),
            Map.entry("fp_rate", RateDescriptor.class),
            Map.entry("fp_limit", LimitDescriptor.class),
            Map.entry("fp_prefix4", Prefix4Descriptor.class),
            Map.entry("fp_prefix6", Prefix6Descriptor.class));

    /** Structs that are an array in truth; they have a test of their own. */
    static final List<String> ARRAYS = List.of("fp_address", "fp_counter_row", "fp_maglev_line", "fp_vlan_row");

    static final List<EnumTwin> ENUMS = List.of(
            new EnumTwin("fp_layout_constant", "FP_", "", ConfigDescriptor.class),
            new EnumTwin("fp_config_constant", "FP_(CONFIG_)?", "", ConfigDescriptor.class),
            new EnumTwin("fp_engine", "FP_ENGINE_", "ENGINE_", ControlDescriptor.class),
            new EnumTwin("fp_wide", "FP_", "", ControlDescriptor.class),
            new EnumTwin("fp_control_constant", "FP_CONTROL_", "", ControlDescriptor.class),
            new EnumTwin("fp_interface_constant", "FP_(INTERFACE_)?", "", InterfaceDescriptor.class),
            new EnumTwin("fp_interface_flag", "FP_INTERFACE_", "FLAG_", InterfaceDescriptor.class),
            new EnumTwin("fp_vlan_constant", "FP_VLAN_", "", VlanDescriptor.class),
            new EnumTwin("fp_service_state", "FP_SERVICE_", "STATE_", ServiceDescriptor.class),
            new EnumTwin("fp_service_constant", "FP_SERVICE_", "", ServiceDescriptor.class),
            new EnumTwin("fp_affinity_constant", "FP_AFFINITY_", "", AffinityDescriptor.class),
            new EnumTwin("fp_source_constant", "FP_SOURCE_", "", SourceDescriptor.class),
            new EnumTwin("fp_maglev_constant", "FP_", "", ServiceDescriptor.class),
            new EnumTwin("fp_forwarding", "FP_FORWARD_", "", Forwarding.class),
            new EnumTwin("fp_algorithm", "FP_ALGORITHM_", "", Algorithm.class),
            new EnumTwin("fp_hash_input", "FP_HASH_", "", HashInput.class),
            new EnumTwin("fp_backend_state", "FP_BACKEND_", "STATE_", BackendDescriptor.class),
            new EnumTwin("fp_backend_constant", "FP_BACKEND_", "", BackendDescriptor.class),
            new EnumTwin("fp_next_hop_state", "FP_NEXT_HOP_", "STATE_", NextHopDescriptor.class),
            new EnumTwin("fp_flow_state", "FP_FLOW_", "", FlowState.class),
            new EnumTwin("fp_tcp_side_flag", "FP_TCP_SIDE_", "FLAG_", TcpSideDescriptor.class),
            new EnumTwin("fp_open_constant", "FP_OPEN_", "", OpenLineDescriptor.class),
            new EnumTwin("fp_flow_constant", "FP_FLOW_", "", FlowDescriptor.class),
            new EnumTwin("fp_fragment_state", "FP_FRAGMENT_", "STATE_", FragmentDescriptor.class),
            new EnumTwin("fp_fragment_constant", "FP_FRAGMENT_", "", FragmentDescriptor.class),
            new EnumTwin("fp_proxy_state", "FP_PROXY_", "PROXY_", FlowTcpDescriptor.class),
            new EnumTwin("fp_limit_constant", "FP_LIMIT_", "", LimitDescriptor.class),
            new EnumTwin("fp_prefix_action", "FP_PREFIX_", "ACTION_", Prefix4Descriptor.class),
            new EnumTwin("fp_prefix_constant", "FP_PREFIX_", "", Prefix4Descriptor.class),
            new EnumTwin("fp_prefilter_flag", "FP_PREFILTER_", "FLAG_", Prefix4Descriptor.class),
            new EnumTwin("fp_counter", "FP_", "", Counter.class),
            new EnumTwin("fp_counter_constant", "FP_(COUNTER_)?", "", Counter.class));

    private Twins() {}

    /**
     * An enum and the class that has its constants.
     *
     * @param cName tag of the enum
     * @param cPrefix regular expression of what is cut off an enumerator's front
     * @param javaPrefix what stands there instead in Java
     * @param java the class
     */
    record EnumTwin(String cName, String cPrefix, String javaPrefix, Class<?> java) {
        String javaName(final String enumerator) {
            return javaPrefix + enumerator.replaceFirst("^" + cPrefix, "");
        }
    }

    /** The int constants of a class by name; those of a Java enum's constants are their codes. */
    static Map<String, Integer> constants(final Class<?> java) {
        final Map<String, Integer> constants = new TreeMap<>();
        Arrays.stream(java.getFields())
                .filter(field -> field.getType() == int.class)
                .forEach(field -> {
                    try {
                        constants.put(field.getName(), field.getInt(null));
                    } catch (final IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                });
        if (java == Counter.class) {
            Arrays.stream(Counter.values()).forEach(counter -> constants.put(counter.name(), counter.code()));
        }
        if (java == Forwarding.class) {
            Arrays.stream(Forwarding.values()).forEach(mode -> constants.put(mode.name(), mode.code()));
        }
        if (java == Algorithm.class) {
            Arrays.stream(Algorithm.values()).forEach(algorithm -> constants.put(algorithm.name(), algorithm.code()));
        }
        if (java == HashInput.class) {
            Arrays.stream(HashInput.values()).forEach(input -> constants.put(input.name(), input.code()));
        }
        return constants;
    }
}
