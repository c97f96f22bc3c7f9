package io.fastpath.fastpath.config;

import io.fastpath.fastpath.tables.TunnelSources;
import io.fastpath.lb.service.ServiceSpec;
import java.util.List;
import java.util.Map;

/**
 * A whole configuration that passed every check. Immutable; any thread.
 *
 * @param instance name: of the run directory, the pins and the control socket.
 * @param refuseDowngrade whether to end at start instead of serving an interface in a lesser way than the best: copy
 *     instead of zero-copy, generic instead of native, ordinary pages instead of huge ones.
 * @param interfaces in the file's order; at least one.
 * @param workers the threads.
 * @param umem the frames.
 * @param rings the sizes of each queue's rings.
 * @param engine which engine does the work.
 * @param flows the flow table.
 * @param icmp errors of fastpath's own.
 * @param snat what full NAT writes as the source; without addresses where no service needs one.
 * @param prefilter whose packets are dropped before an engine has them.
 * @param tunnels what outer headers are made of.
 * @param limits of the services that have some, by their names.
 * @param services in the file's order; at least one.
 * @param network the section {@code static}, for replays alone; an instance goes by the kernel's own tables.
 */
public record InstanceConfig(
        String instance,
        boolean refuseDowngrade,
        List<InterfaceConfig> interfaces,
        WorkersConfig workers,
        UmemConfig umem,
        RingsConfig rings,
        EngineConfig engine,
        FlowsConfig flows,
        IcmpConfig icmp,
        SnatConfig snat,
        PrefilterConfig prefilter,
        TunnelSources tunnels,
        Map<String, LimitsConfig> limits,
        List<ServiceSpec> services,
        StaticConfig network) {
    /** Takes copies. */
    public InstanceConfig {
        interfaces = List.copyOf(interfaces);
        limits = Map.copyOf(limits);
        services = List.copyOf(services);
    }

    /**
     * {@return the limits of a service}
     *
     * @param name of it.
     */
    public LimitsConfig limits(final String name) {
        return limits.getOrDefault(name, LimitsConfig.NONE);
    }

    /** {@return backends over all services} */
    public int backendCount() {
        return services.stream().mapToInt(service -> service.backends().size()).sum();
    }
}
