package io.fastpath.fastpath.config;

import java.util.BitSet;

/** Configurations for tests: a whole good one, and the same with a line exchanged. */
final class ConfigTexts {
    static final String FILE = "edge1.yaml";

    /** Lines are counted on in tests: exchange them, don't move them. */
    static final String GOOD = """
            instance: edge1
            interfaces:
              - {name: eth1, queues: all, mode: auto, checksum: incremental}
            workers: {cpus: [1], idle: backoff}
            flows: {capacity: 1048576, timeouts: {tcpEstablished: 2h, udp: 30s}}
            snat: {addresses: [10.8.0.1], ports: 1024-65535}
            services:
              - name: web
                vip: 10.7.0.100
                port: 80
                protocol: tcp
                forwarding: full-nat
                backends:
                  - {address: 10.8.0.11, port: 8080, weight: 1}
            """;

    private static final BitSet CPUS = BitSet.valueOf(new long[] {0b1111});

    private ConfigTexts() {}

    static String with(final String line, final String replacement) {
        if (!GOOD.contains(line)) {
            throw new IllegalArgumentException("no such text: " + line);
        }
        return GOOD.replace(line, replacement);
    }

    static InstanceConfig parse(final String text) throws ConfigException {
        return ConfigFile.parse(text, new Problems(FILE), CPUS);
    }

    /** {@return the message; empty for a good text} */
    static String problemsOf(final String text) {
        try {
            parse(text);
            return "";
        } catch (final ConfigException ex) {
            return ex.getMessage();
        }
    }
}
