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
                + service(HTTP_SERVICE, VIP_PORT, "tcp", lab)
                + service(UDP_SERVICE, UDP_VIP_PORT, "udp", lab);
    }

    private static String service(final String name, final int port, final String protocol, final Lab lab) {
        final StringBuilder text = new StringBuilder("""
                  - name: %s
                    vip: %s
                    port: %d
                    protocol: %s
                    forwarding: full-nat
                    backends:
                """.formatted(name, Lab.VIP, port, protocol));
        for (int i = 1; i <= lab.backendCount(); i++) {
            text.append("      - {address: %s, port: %d, weight: 1}%n".formatted(Lab.backendAddress(i), BACKEND_PORT));
        }
        return text.toString();
    }
}
