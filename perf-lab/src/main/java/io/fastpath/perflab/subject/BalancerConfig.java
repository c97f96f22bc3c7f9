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
 * @param flowCapacity connections that the table must hold.
 */
record BalancerConfig(Topology topology, int cpu, String forwarding, String engine, int flowCapacity) {
    /** An address has 64,512 of these for each backend; half of them free, a free one is soon found. */
    private static final int PORTS_PER_FLOW = 2;

    private static final int PORT_MIN = 1024;
    private static final int PORT_MAX = 65535;
    private static final int SOURCE_LIMIT = 64;

    /** The second source address; nobody else is in this network. */
    private static final int FURTHER_SOURCES = Ipv4Address.parse("10.8.1.1");

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
                flows: {capacity: %d}
                rings: {fill: 1024, rx: 1024, tx: 1024, completion: 1024}
                snat: {addresses: [%s], ports: %d-%d}
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
                        flowCapacity,
                        sources(),
                        PORT_MIN,
                        PORT_MAX,
                        Ipv4Address.format(Topology.VIP),
                        Topology.SERVICE_PORT,
                        forwarding,
                        backends());
    }

    /** As many source addresses as the flows need. */
    private String sources() {
        final long portsPerSource = (long) (PORT_MAX - PORT_MIN + 1) * topology.backendCount();
        final long wanted = ((long) PORTS_PER_FLOW * flowCapacity + portsPerSource - 1) / portsPerSource;
        return IntStream.range(0, (int) Math.min(SOURCE_LIMIT, wanted))
                .map(i -> i == 0 ? Topology.BACK_ADDRESS : FURTHER_SOURCES + i - 1)
                .mapToObj(Ipv4Address::format)
                .collect(Collectors.joining(", "));
    }

    private String backends() {
        return IntStream.range(0, topology.backendCount())
                .mapToObj(i -> "      - {address: %s, port: %d, weight: 1}"
                        .formatted(Ipv4Address.format(Topology.FIRST_BACKEND + i), Topology.SERVICE_PORT))
                .collect(Collectors.joining("\n"));
    }
}
