package io.fastpath.fastpath.demo;

import io.fastpath.fastpath.lab.Lab;

/** The configuration file that the demo gives to the balancer. */
final class DemoConfig {
    /** Port of the VIP and of the backends, TCP and UDP. */
    static final int VIP_PORT = 80;

    static final String HTTP_SERVICE = "web";
    static final String UDP_SERVICE = "echo";
    static final int UDP_VIP_PORT = 7;
    static final int BACKEND_PORT = 8080;
    static final int STREAM_VIP_PORT = 90;
    static final int STREAM_PORT = 9000;
    static final int DATAGRAM_VIP_PORT = 91;
    static final int DATAGRAM_PORT = 9001;
    static final int FLOOD_VIP_PORT = 92;
    static final int FLOOD_PORT = 9002;

    private DemoConfig() {}

    /**
     * Two services, HTTP and UDP echo, over all backends of a lab.
     *
     * @param instance name of the balancer
     * @param lab where it runs
     * @param cpu of its worker
     * @return YAML
     */
    static String of(final String instance, final Lab lab, final int cpu) {
        return """
                instance: %s
                interfaces:
                  - {name: front, queues: all, mode: auto, checksum: incremental}
                  - {name: back, queues: all, mode: auto, checksum: incremental}
                workers: {cpus: [%d], idle: backoff}
                onExit: detach
                flows: {capacity: 65536}
                snat: {addresses: [10.8.0.1], ports: 1024-65535}
                services:
                """.formatted(instance, cpu)
                + service(HTTP_SERVICE, VIP_PORT, "tcp", BACKEND_PORT, lab)
                + service(UDP_SERVICE, UDP_VIP_PORT, "udp", BACKEND_PORT, lab);
    }

    /**
     * The same with the services that a fault needs: for held connections, a stream of datagrams, and a flood of them.
     *
     * @param instance name of the balancer
     * @param lab where it runs
     * @param cpu of its worker
     * @return YAML
     */
    static String forFaults(final String instance, final Lab lab, final int cpu) {
        return of(instance, lab, cpu)
                + service("streams", STREAM_VIP_PORT, "tcp", STREAM_PORT, lab)
                + service("datagrams", DATAGRAM_VIP_PORT, "udp", DATAGRAM_PORT, lab)
                + service("flood", FLOOD_VIP_PORT, "udp", FLOOD_PORT, lab);
    }

    private static String service(
            final String name, final int port, final String protocol, final int backendPort, final Lab lab) {
        final StringBuilder text = new StringBuilder("""
                  - name: %s
                    vip: %s
                    port: %d
                    protocol: %s
                    forwarding: full-nat
                    backends:
                """.formatted(name, Lab.VIP, port, protocol));
        for (int i = 1; i <= lab.backendCount(); i++) {
            text.append("      - {address: %s, port: %d, weight: 1}%n".formatted(Lab.backendAddress(i), backendPort));
        }
        return text.toString();
    }
}
