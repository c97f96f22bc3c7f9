package io.fastpath.fastpath.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fastpath.kernelbpf.layout.Forwarding;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every error tells file, line, key, value and what is allowed: one exchanged text, one line of answer. */
class ConfigErrorsTest {
    private static final String MODES =
            Arrays.stream(Forwarding.values()).map(Forwarding::label).collect(Collectors.joining(", "));

    private static final String ADDRESS =
            "is not a unicast IPv4 or IPv6 address (not a name; not loopback, link-local or multicast)";
    private static final String VIP =
            ADDRESS + ", or a prefix such as 10.9.0.0/24 (IPv4 /8 to /32, IPv6 /32 to /128, no bits behind the length)";
    private static final String PORTS = "a port (1-65535), a range of ports such as 8000-8100 (lowest first), or any";
    private static final String NAME =
            "a name of 1 to 32 letters, digits, '-' or '_' that begins with a letter or digit";
    private static final String MSS = "off, clamp, or a segment size (88-65495)";
    private static final String SHADOW = "off, or 1/N for one of N packets, such as 1/1000 (1/1-1/1000000)";
    private static final String ROOT_KEYS =
            "instance, refuseDowngrade, interfaces, workers, umem, rings, engine, stallLimit, spillLimit, onExit, shadow,"
                    + " flows, icmp, snat, prefilter, tunnels, services, static";
    private static final String BACKEND = "      - {address: 10.8.0.11, port: 8080, weight: 1}\n";

    @ParameterizedTest(name = "{1}")
    @MethodSource({
        "top",
        "interfaces",
        "workersAndFlows",
        "snat",
        "services",
        "segmentSizes",
        "sources",
        "drains",
        "backends",
        "comparisons"
    })
    void shouldTellFileLineKeyValueAndWhatIsAllowed(final String text, final String problem) {
        assertThat(ConfigTexts.problemsOf(text)).isEqualTo(problem);
    }

    static Stream<Arguments> top() {
        return Stream.of(
                change("instance: edge1", "instance: a/b", "1: instance: a/b is not " + NAME),
                change("instance: edge1", "instance: -a", "1: instance: -a is not " + NAME),
                change(
                        "instance: edge1",
                        "instance: " + "a".repeat(33),
                        "1: instance: " + "a".repeat(33) + " is not " + NAME),
                change("instance: edge1", "instance:", "1: instance: an empty value is not " + NAME),
                change("instance: edge1", "instance: \"\"", "1: instance: an empty value is not " + NAME),
                change("instance: edge1", "instance: [a]", "1: instance: a list is not " + NAME),
                change("instance: edge1\n", "", "1: instance: is missing; it must be " + NAME),
                change("instance: edge1", "instance: a b", "1: instance: \"a b\" is not " + NAME),
                change(
                        "instance: edge1",
                        "instance: edge1\nservces: []",
                        "2: servces: unknown key (did you mean services?); allowed: " + ROOT_KEYS),
                change(
                        "instance: edge1",
                        "instance: edge1\nentirely different: {a: 1}",
                        "2: entirely different: unknown key; allowed: " + ROOT_KEYS),
                change(
                        "instance: edge1",
                        "instance: edge1\ninstance: edge2",
                        "2: instance: stands twice (first in line 1)"),
                change(
                        "instance: edge1",
                        "instance: edge1\nengine: java",
                        "2: engine: java is not one of userspace, hybrid, kernel, auto"),
                change(
                        "instance: edge1",
                        "instance: edge1\nonExit: stop",
                        "2: onExit: stop is not one of handover, detach"),
                change("instance: edge1", "instance: edge1\nshadow: 1000", "2: shadow: 1000 is not " + SHADOW),
                change("instance: edge1", "instance: edge1\nshadow: 1/0", "2: shadow: 1/0 is not " + SHADOW),
                change(
                        "instance: edge1",
                        "instance: edge1\nshadow: 1/1000001",
                        "2: shadow: 1/1000001 is not " + SHADOW),
                change("instance: edge1", "instance: edge1\nshadow: 2/100", "2: shadow: 2/100 is not " + SHADOW),
                change(
                        "instance: edge1",
                        "instance: edge1\nstallLimit: 2s",
                        "2: stallLimit: 2s is not a duration such as 500ms, 30s, 5m or 2h (1ms to 1s)"),
                change(
                        "instance: edge1",
                        "instance: edge1\nspillLimit: 2049",
                        "2: spillLimit: 2049 is not a number of frames (1-2048)"),
                change(
                        "instance: edge1",
                        "instance: edge1\nrefuseDowngrade: yes",
                        "2: refuseDowngrade: yes is not true or false"));
    }

    static Stream<Arguments> interfaces() {
        final String line = "  - {name: eth1, queues: all, mode: auto, checksum: incremental}";
        final String queues = "is not \"all\", a number of queues (1-64) or a list of queue indexes";
        final String name = "is not an interface name (1 to 15 characters, no space, '/' or ':')";
        return Stream.of(
                change("name: eth1", "name: eth1/0", "3: interfaces[0].name: eth1/0 " + name),
                change("name: eth1", "name: abcdefghijklmnop", "3: interfaces[0].name: abcdefghijklmnop " + name),
                change("name: eth1", "name: ..", "3: interfaces[0].name: .. " + name),
                change("queues: all", "queues: 0", "3: interfaces[0].queues: 0 " + queues),
                change("queues: all", "queues: 65", "3: interfaces[0].queues: 65 " + queues),
                change("queues: all", "queues: some", "3: interfaces[0].queues: some " + queues),
                change("queues: all", "queues: []", "3: interfaces[0].queues: an empty list " + queues),
                change("queues: all", "queues: {a: 1}", "3: interfaces[0].queues: a mapping " + queues),
                change("queues: all", "queues: [1, 64]", "3: interfaces[0].queues[1]: 64 is not a queue index (0-63)"),
                change("queues: all", "queues: [1, 1]", "3: interfaces[0].queues: queue 1 is listed twice"),
                change(
                        "mode: auto",
                        "mode: native",
                        "3: interfaces[0].mode: native is not one of auto, zerocopy, copy, generic"),
                change(
                        "checksum: incremental",
                        "checksum: none",
                        "3: interfaces[0].checksum: none is not one of incremental, recompute"),
                change(
                        "checksum: incremental",
                        "vlan: 10",
                        "3: interfaces[0].vlan: 10 is not one of strip, keep, {map: {10: 20}}"),
                change(
                        "checksum: incremental",
                        "vlan: {map: {10: 4095}}",
                        "3: interfaces[0].vlan.map.10: 4095 is not a VLAN id (1-4094)"),
                change(
                        "checksum: incremental",
                        "vlan: {map: {0: 10}}",
                        "3: interfaces[0].vlan.map.0: 0 is not a VLAN id (1-4094)"),
                change(
                        "checksum: incremental",
                        "vlan: {map: {}}",
                        "3: interfaces[0].vlan.map: is missing or empty; it must have VLAN ids such as {10: 20}"),
                change(
                        "checksum: incremental",
                        "vlan: {map: keep}",
                        "3: interfaces[0].vlan.map: keep is not a mapping of keys to values"),
                change(
                        "queues: all",
                        "queue: all",
                        "3: interfaces[0].queue: unknown key (did you mean queues?); allowed: name, queues, mode, checksum, vlan"),
                change(line, line + "\n  - {name: eth1}", "4: interfaces[1].name: eth1 is listed twice"),
                change(line, line + "\n  - eth2", "4: interfaces[1]: eth2 is not a mapping of keys to values"),
                change(
                        "interfaces:\n" + line,
                        "interfaces: []",
                        "2: interfaces: is missing or empty; it must list at least one interface"),
                change("interfaces:\n" + line, "interfaces: eth1", "2: interfaces: eth1 is not a list of mappings"));
    }

    static Stream<Arguments> workersAndFlows() {
        final String duration = "is not a duration such as 500ms, 30s, 5m or 2h (100ms to 10d)";
        final String connections = "is not a number of connections (1024-18454937)";
        return Stream.of(
                change("cpus: [1]", "cpus: [9]", "4: workers.cpus[0]: CPU 9 is not online; online are {0, 1, 2, 3}"),
                change(
                        "cpus: [1]",
                        "cpus: [1, 1]",
                        "4: workers.cpus[1]: CPU 1 is listed twice; a worker needs its own"),
                change("cpus: [1]", "cpus: [one]", "4: workers.cpus[0]: one is not a CPU number (0-8191)"),
                change("cpus: [1]", "cpus: 1", "4: workers.cpus: 1 is not a list, each a CPU number (0-8191)"),
                change(
                        "cpus: [1], ",
                        "",
                        "4: workers.cpus: is missing or empty; it must list the CPU of each worker, for example [1]"),
                change("idle: backoff", "idle: spin", "4: workers.idle: spin is not one of busy, backoff, poll"),
                change(
                        "workers: {cpus: [1], idle: backoff}",
                        "workers: 2",
                        "4: workers: 2 is not a mapping of keys to values"),
                change("capacity: 1048576", "capacity: 1000", "5: flows.capacity: 1000 " + connections),
                change("capacity: 1048576", "capacity: 99999999999", "5: flows.capacity: 99999999999 " + connections),
                change("capacity: 1048576", "capacity: 1e6", "5: flows.capacity: 1e6 " + connections),
                change("capacity: 1048576", "capacity: 0x1000", "5: flows.capacity: 0x1000 " + connections),
                change("udp: 30s", "udp: 30", "5: flows.timeouts.udp: 30 " + duration),
                change("udp: 30s", "udp: 11d", "5: flows.timeouts.udp: 11d " + duration),
                change("udp: 30s", "udp: 99ms", "5: flows.timeouts.udp: 99ms " + duration),
                change("udp: 30s", "udp: 999999999999d", "5: flows.timeouts.udp: 999999999999d " + duration),
                change("udp: 30s", "udp: -1s", "5: flows.timeouts.udp: -1s " + duration),
                change(
                        "udp: 30s",
                        "tcp: 30s",
                        "5: flows.timeouts.tcp: unknown key (did you mean udp?); allowed: tcpSynSent, tcpSynRecv, "
                                + "tcpEstablished, tcpFinWait, tcpCloseWait, tcpLastAck, tcpTimeWait, tcpClose, tcpSynSent2, udp, "
                                + "udpStream"),
                change("snat:", "rings: {rx: 1000}\nsnat:", "6: rings.rx: 1000 is not a power of two (64-32768)"),
                change("snat:", "umem: {frameSize: 1500}\nsnat:", "6: umem.frameSize: 1500 is not 2048 or 4096"));
    }

    static Stream<Arguments> snat() {
        final String ports = "is not a range of ports such as 1024-65535 (1-65535, lowest first)";
        return Stream.of(
                change("1024-65535", "65535-1024", "6: snat.ports: 65535-1024 " + ports),
                change("1024-65535", "0-100", "6: snat.ports: 0-100 " + ports),
                change("1024-65535", "1024-65536", "6: snat.ports: 1024-65536 " + ports),
                change("1024-65535", "all", "6: snat.ports: all " + ports),
                change("[10.8.0.1]", "[10.8.0.1, 10.8.0.1]", "6: snat.addresses[1]: 10.8.0.1 is listed twice"),
                change("[10.8.0.1]", "[10.8.0.1, localhost]", "6: snat.addresses[1]: localhost " + ADDRESS),
                change("[10.8.0.1]", "[10.8.0.1, 127.0.0.1]", "6: snat.addresses[1]: 127.0.0.1 " + ADDRESS),
                change(
                        "[10.8.0.1]",
                        "[]",
                        "12: services[0].forwarding: full-nat needs an IPv4 address in snat.addresses"),
                change(
                        "[10.8.0.1]",
                        "[\"fd00::1\"]",
                        "12: services[0].forwarding: full-nat needs an IPv4 address in snat.addresses"));
    }

    static Stream<Arguments> segmentSizes() {
        return Stream.of(
                change(
                        "services:\n",
                        "icmp: {errorsPerSecond: 100001}\nservices:\n",
                        "7: icmp.errorsPerSecond: 100001 is not a number of errors (0-100000)"),
                change("forwarding: full-nat", "mss: 87", "12: services[0].mss: 87 is not " + MSS),
                change("forwarding: full-nat", "mss: 65496", "12: services[0].mss: 65496 is not " + MSS),
                change("forwarding: full-nat", "mss: auto", "12: services[0].mss: auto is not " + MSS),
                change(
                        "protocol: tcp",
                        "protocol: udp\n    mss: clamp",
                        "12: services[0].mss: mss is for services with protocol tcp: UDP tells no segment size"));
    }

    static Stream<Arguments> services() {
        return Stream.of(
                change("port: 80\n", "port: 70000\n", "10: services[0].port: 70000 is not " + PORTS),
                change("port: 80\n", "port: 0\n", "10: services[0].port: 0 is not " + PORTS),
                change("port: 80\n", "port: http\n", "10: services[0].port: http is not " + PORTS),
                change("port: 80\n", "port: [80]\n", "10: services[0].port: a list is not " + PORTS),
                change("    port: 80\n", "", "8: services[0].port: is missing; it must be " + PORTS),
                change("vip: 10.7.0.100", "vip: 10.7.0", "9: services[0].vip: 10.7.0 " + VIP),
                change("vip: 10.7.0.100", "vip: 10.7.0.0100", "9: services[0].vip: 10.7.0.0100 " + VIP),
                change("port: 80\n", "port: 90-80\n", "10: services[0].port: 90-80 is not " + PORTS),
                change("vip: 10.7.0.100", "vip: 10.7.0.1/24", "9: services[0].vip: 10.7.0.1/24 " + VIP),
                change("vip: 10.7.0.100", "vip: 8.0.0.0/7", "9: services[0].vip: 8.0.0.0/7 " + VIP),
                change("vip: 10.7.0.100", "vip: 224.0.0.1", "9: services[0].vip: 224.0.0.1 " + VIP),
                change("vip: 10.7.0.100", "vip: web.example.org", "9: services[0].vip: web.example.org " + VIP),
                change("protocol: tcp", "protocol: sctp", "11: services[0].protocol: sctp is not one of tcp, udp"),
                change("protocol: tcp", "protocol: TCP", "11: services[0].protocol: TCP is not one of tcp, udp"),
                change(
                        "forwarding: full-nat",
                        "forwarding: dsr",
                        "12: services[0].forwarding: dsr is not one of " + MODES),
                change(
                        "forwarding: full-nat",
                        "forwarding: dsr-l2",
                        "14: services[0].backends[0].port: 8080 is not the VIP's port 80, and dsr-l2 changes no ports; "
                                + "leave it out, or make both the same"),
                change(
                        "forwarding: full-nat",
                        "hash: port",
                        "12: services[0].hash: port is not one of tuple, source, source-and-port"),
                change(
                        "services:\n",
                        "tunnels: {ipv4Source: 172.16.0.1/16}\nservices:\n",
                        "7: tunnels.ipv4Source: 172.16.0.1/16 is not an IPv4 prefix of 8 to 32 bits, such as 172.16.0.0/16, "
                                + "or one address of the node"),
                change(
                        "services:\n",
                        "tunnels: {ipv6Source: 172.16.0.0/16}\nservices:\n",
                        "7: tunnels.ipv6Source: 172.16.0.0/16 is not an IPv6 prefix of 8 to 128 bits, such as 100::/64, or "
                                + "one address of the node"),
                change(
                        "forwarding: full-nat",
                        "maglevSize: 65536",
                        "12: services[0].maglevSize: 65536 is not a prime number (251-6553577, for example 65537)"),
                change(
                        "forwarding: full-nat",
                        "maglevSize: 241",
                        "12: services[0].maglevSize: 241 is not a prime number (251-6553577, for example 65537)"),
                change(
                        "backends:\n" + BACKEND,
                        "backends: []\n",
                        "13: services[0].backends: is missing or empty; it must list at least one backend"),
                change(
                        "name: web",
                        "name: web\n    retries: 3",
                        "9: services[0].retries: unknown key; allowed: name, vip, port, protocol, forwarding, maglevSize, "
                                + "algorithm, hash, allow, sources, affinity, affinityPrefix, midStream, tcpCheck, limits, synCookies, synCookiesAbove, mss, onRemove, onDrain, drainLimit, slowStart, backends"));
    }

    static Stream<Arguments> sources() {
        return Stream.of(
                change(
                        "forwarding: full-nat",
                        "affinityPrefix: 24",
                        "12: services[0].affinityPrefix: says what a client is that keeps its backend; give affinity, its "
                                + "time, too"),
                change(
                        "forwarding: full-nat",
                        "affinity: 19h",
                        "12: services[0].affinity: 19h is not a duration such as 500ms, 30s, 5m or 2h (1s to 18h)"),
                change(
                        "forwarding: full-nat",
                        "algorithm: random",
                        "12: services[0].algorithm: random is not one of maglev, rendezvous, weighted-round-robin, "
                                + "weighted-least-connections, random-of-two"),
                change(
                        "forwarding: full-nat",
                        "algorithm: weighted-round-robin\n    hash: source",
                        "13: services[0].hash: weighted-round-robin takes backends in turn and hashes nothing; leave hash out"),
                change(
                        "forwarding: full-nat",
                        "allow: [10.0.0.1/8]",
                        "12: services[0].allow[0]: 10.0.0.1/8 is not a prefix such as 192.0.2.0/24 or 2001:db8::/32, or an "
                                + "address, with no bits set beyond the length"),
                change(
                        "forwarding: full-nat",
                        "allow: [10.0.0.0/8, 10.0.0.0/8]",
                        "12: services[0].allow: 10.0.0.0/8 stands twice (first in line 12)"),
                change(
                        "forwarding: full-nat",
                        "allow: [\"2001:db8::/32\"]",
                        "12: services[0].allow: 2001:db8::/32 is of another family than the VIP 10.7.0.100"),
                change(
                        "forwarding: full-nat",
                        "sources: [{prefixes: [10.0.0.0/8], service: web}]",
                        "12: services[0].sources: web is not the name of another service"));
    }

    static Stream<Arguments> drains() {
        return Stream.of(
                change(
                        "forwarding: full-nat",
                        "onDrain: reset",
                        "12: services[0].onDrain: reset is not one of finish, move"),
                change(
                        "protocol: tcp",
                        "protocol: udp\n    onRemove: reset",
                        "12: services[0].onRemove: reset is for tcp: no datagram's sender can be told; take move or finish"),
                change(
                        "forwarding: full-nat",
                        "drainLimit: 0s",
                        "12: services[0].drainLimit: 0s is not a duration such as 500ms, 30s, 5m or 2h (1s to 7d)"));
    }

    static Stream<Arguments> backends() {
        return Stream.of(
                change(
                        "weight: 1",
                        "weight: 1001",
                        "14: services[0].backends[0].weight: 1001 is not a weight (0-1000)"),
                change("weight: 1", "weight: -1", "14: services[0].backends[0].weight: -1 is not a weight (0-1000)"),
                change("weight: 1", "weight: 0.5", "14: services[0].backends[0].weight: 0.5 is not a weight (0-1000)"),
                change("port: 8080", "port: 80800", "14: services[0].backends[0].port: 80800 is not a port (1-65535)"),
                change(
                        "address: 10.8.0.11, ",
                        "",
                        "14: services[0].backends[0].address: is missing; it must be"
                                + ADDRESS.substring("is not".length())),
                change(
                        BACKEND,
                        BACKEND + "      - {address: 10.8.0.11, port: 8080}\n",
                        "15: services[0].backends[1].address: 10.8.0.11:8080 stands twice (first in line 14)"),
                change(
                        BACKEND,
                        BACKEND + "      - 10.8.0.12:80\n",
                        "15: services[0].backends[1]: 10.8.0.12:80 is not a mapping of keys to values"));
    }

    static Stream<Arguments> comparisons() {
        final String other = "  - {name: %s, vip: %s, port: 80, protocol: tcp, backends: [{address: %s, port: 80}]}\n";
        final String good = ConfigTexts.GOOD;
        return Stream.of(
                whole(
                        good + other.formatted("web", "10.7.0.101", "10.8.0.11"),
                        "15: services[1].name: web stands twice (first in line 8)"),
                whole(
                        good + other.formatted("web2", "10.7.0.100", "10.8.0.11"),
                        "15: services[1].vip: tcp 10.7.0.100:80 stands twice (first in line 9)"),
                whole(
                        good + other.formatted("web2", "10.8.0.0/29", "10.8.0.11"),
                        "15: services[1].vip: 10.8.0.0/29 contains 10.8.0.1, an address of snat.addresses; a VIP must be "
                                + "another one"),
                whole(
                        good + other.formatted("web2", "10.8.0.8/29", "10.8.0.20"),
                        "14: services[0].backends[0].address: 10.8.0.11 is in the VIP prefix 10.8.0.8/29; a backend must "
                                + "be another host"),
                whole(
                        ports(good, "80-90") + ports(other.formatted("web2", "10.7.0.100", "10.8.0.11"), "90-99"),
                        "15: services[1].port: ports 90-99 overlap with ports 80-90 of another service of tcp 10.7.0.100"),
                whole(
                        good + other.formatted("web2", "10.8.0.1", "10.8.0.11"),
                        "15: services[1].vip: 10.8.0.1 is an address of snat.addresses; a VIP must be another one"),
                whole(
                        good + other.formatted("web2", "10.7.0.101", "10.7.0.100"),
                        "15: services[1].backends[0].address: 10.7.0.100 is a VIP; a backend must be another host"),
                whole(
                        good + other.formatted("web2", "10.7.0.101", "10.8.0.1"),
                        "15: services[1].backends[0].address: 10.8.0.1 is in snat.addresses; a backend must be another host"),
                whole(
                        good.replace("full-nat", "nat") + "      - {address: \"fd00::1\", port: 1}\n",
                        "15: services[0].backends[1].address: fd00::1 is of another family than the VIP 10.7.0.100, and nat needs "
                                + "one; full-nat and the tunnels (dsr-ipip, dsr-gue, dsr-geneve) don't"),
                whole(
                        good + "      - {address: \"fd00::1\", port: 1}\n",
                        "12: services[0].forwarding: full-nat needs an IPv6 address in snat.addresses"),
                whole(
                        good + other.formatted("web6", "\"fd00::100\"", "\"fd00::11\""),
                        "15: services[1].forwarding: full-nat needs an IPv6 address in snat.addresses"));
    }

    private static Arguments change(final String part, final String replacement, final String problem) {
        return whole(ConfigTexts.with(part, replacement), problem);
    }

    private static String ports(final String text, final String ports) {
        return text.replaceFirst("port: 80\\b", "port: " + ports);
    }

    private static Arguments whole(final String text, final String problem) {
        return arguments(text, ConfigTexts.FILE + ':' + problem);
    }
}
