package io.fastpath.perflab.subject;

import io.fastpath.perflab.topology.Ipv4Address;
import io.fastpath.perflab.topology.Topology;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The balancer's configuration for a topology. Immutable.
 *
 * @param topology to serve.
 * @param cpu of the one worker.
 * @param forwarding mode of the service.
 * @param engine placement.
 */
record BalancerConfig(Topology topology, int cpu, String forwarding, String engine) {
    /**
     * {@return the name of the instance on a topology}
     *
     * @param topology to serve.
     */
    static String instance(final Topology topology) {
        return topology.node();
    }

    /** {@return the YAML file's text} */
    String text() {
        return """
                instance: %s
                interfaces:
                  - {name: %s, queues: all, mode: copy, checksum: incremental}
                  - {name: %s, queues: all, mode: copy, checksum: incremental}
                workers: {cpus: [%d], idle: busy}
                engine: %s
                onExit: detach
                flows: {capacity: 1048576}
                rings: {fill: 1024, rx: 1024, tx: 1024, completion: 1024}
                snat: {addresses: [%s], ports: 1024-65535}
                services:
                  - name: lab
                    vip: %s
                    port: %d
                    protocol: udp
                    forwarding: %s
                    backends:
                %s
                """.formatted(
                        instance(topology),
                        Topology.FRONT,
                        Topology.BACK,
                        cpu,
                        engine,
                        Ipv4Address.format(Topology.BACK_ADDRESS),
                        Ipv4Address.format(Topology.VIP),
                        Topology.SERVICE_PORT,
                        forwarding,
                        backends());
    }

    private String backends() {
        return IntStream.range(0, topology.backendCount())
                .mapToObj(i -> "      - {address: %s, port: %d, weight: 1}"
                        .formatted(Ipv4Address.format(Topology.FIRST_BACKEND + i), Topology.SERVICE_PORT))
                .collect(Collectors.joining("\n"));
    }
}
