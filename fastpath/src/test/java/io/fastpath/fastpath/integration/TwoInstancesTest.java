package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.lab.BalancerProcess;
import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two balancers on one node, each with two interfaces of its own. The second one's client and backend are one namespace,
 * whose second address the client's packets come from.
 *
 * <pre>
 *   lab's client ---- front  balancer  back ---- lab's switch and backends
 *   side eth0 ------- left   namespace right --- side eth1
 *   10.17.0.2         10.17.0.1  10.18.0.1       10.18.0.11
 * </pre>
 */
final class TwoInstancesTest {
    private static final String VIP = "10.17.0.100";

    @TempDir
    private Path folder;

    @Test
    void shouldForwardSideBySideAndBeDetachedAlone() {
        try (TestBalancer first = TestBalancer.lab(1)) {
            final String side = first.name() + "-side";
            Shell.run("ip", "netns", "add", side);
            try {
                connect(side, "eth0", first.lab().balancer(), "left", "10.17.0");
                connect(side, "eth1", first.lab().balancer(), "right", "10.18.0");
                Shell.run("ip", "-n", side, "address", "add", "10.18.0.11/24", "dev", "eth1");
                first.start(first.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat"));
                final EchoBackend backend = EchoBackend.start("side", side, TestBalancer.BACKEND_PORT, "10.18.0.11");
                try (BalancerProcess second = BalancerProcess.start(
                        Fastpath.command(),
                        first.lab().balancer(),
                        first.write(yaml(first.name() + "b")),
                        folder.resolve("log"))) {
                    forwardAndDetach(first, side, second);
                } finally {
                    backend.close();
                }
            } finally {
                Shell.run("ip", "netns", "delete", side);
            }
        }
    }

    private static void forwardAndDetach(final TestBalancer first, final String side, final BalancerProcess second) {
        final Path secondRun = InstanceDirectory.standard().of(first.name() + "b");
        assertThat(get(first.lab().client(), Lab.VIP)).startsWith("backend-");
        assertThat(get(side, VIP)).as(second.logEnd()).startsWith("side");
        assertThat(xdpCount(first)).isEqualTo(4);

        assertThat(Fastpath.in(first.lab().balancer(), "detach", "--instance", first.name())
                        .exitCode())
                .isZero();

        TestBalancer.await("the first one's programs to go", () -> xdpCount(first) == 2);
        assertThat(first.runDirectory()).doesNotExist();
        assertThat(secondRun).exists();
        assertThat(get(side, VIP)).as(second.logEnd()).startsWith("side");

        assertThat(Fastpath.in(first.lab().balancer(), "detach", "--instance", first.name() + "b")
                        .exitCode())
                .isZero();

        assertThat(secondRun).doesNotExist();
        LifecycleTest.assertNoTrace(first);
    }

    private static void connect(
            final String side, final String end, final String balancer, final String link, final String network) {
        Shell.run("ip", "link", "add", end, "netns", side, "type", "veth", "peer", "name", link, "netns", balancer);
        Lab.in(side, "ethtool", "-K", end, "tx", "off", "gro", "on");
        Lab.in(balancer, "ethtool", "-K", link, "tx", "off", "gro", "on");
        Shell.run("ip", "-n", side, "address", "add", network + ".2/24", "dev", end);
        Shell.run("ip", "-n", balancer, "address", "add", network + ".1/24", "dev", link);
        Shell.run("ip", "-n", side, "link", "set", end, "up");
        Shell.run("ip", "-n", balancer, "link", "set", link, "up");
    }

    private static String yaml(final String name) {
        return """
                instance: %s
                interfaces:
                  - {name: left}
                  - {name: right}
                workers: {cpus: [0], idle: backoff}
                onExit: detach
                flows: {capacity: 65536}
                snat: {addresses: [10.18.0.1], ports: 1024-65535}
                services:
                  - name: web
                    vip: %s
                    port: 80
                    protocol: tcp
                    forwarding: full-nat
                    backends:
                      - {address: 10.18.0.11, port: %d}
                """.formatted(name, VIP, TestBalancer.BACKEND_PORT);
    }

    private static String get(final String namespace, final String vip) {
        return Lab.in(namespace, "curl", "-sS", "--max-time", "10", "http://" + vip + "/");
    }

    private static long xdpCount(final TestBalancer balancer) {
        return Lab.in(balancer.lab().balancer(), "ip", "link", "show")
                .lines()
                .filter(line -> line.contains("prog/xdp"))
                .count();
    }
}
