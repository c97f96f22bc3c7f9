package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.integration.Fastpath.Result;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.fastpath.lab.UdpLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What tcpdump recorded of real stacks around a running balancer, replayed on both engines: they agree, most of it is
 * forwarded again, and tcpdump finds no wrong checksum in what leaves. Needs root and tcpdump.
 */
class ReplayOfTrafficTest {
    @Test
    void shouldPlayRecordedTrafficAlikeOnBothEngines() throws IOException, InterruptedException {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start(balancer.head("1") + TestBalancer.services("nat"));
            final Lab lab = balancer.lab();
            final Path front = balancer.folder().resolve("front.pcap");
            final Path back = balancer.folder().resolve("back.pcap");
            // What a program takes never reaches the taps of its interface: the other ends of the cables are listened
            // at.
            final Process requests = record(lab.client(), "eth0", front);
            final Process replies = record(lab.fabric(), "uplink", back);
            try {
                ForwardingTest.drive(new HttpLoad(lab.client(), "http://" + Lab.VIP + "/", 2));
                ForwardingTest.drive(new UdpLoad(lab.client(), Lab.VIP6, 7, 2));
            } finally {
                end(requests);
                end(replies);
            }
            final Path out = balancer.folder().resolve("replayed");
            final Result result = Fastpath.in(
                    lab.client(),
                    "replay",
                    "--config",
                    balancer.write(balancer.head("1") + TestBalancer.services("nat") + network(lab))
                            .toString(),
                    "--in",
                    "front=" + front,
                    "--in",
                    "back=" + back,
                    "--engine",
                    "both",
                    "--out-dir",
                    out.toString());
            assertThat(result.exitCode()).as(result.err() + result.out()).isZero();
            assertThat(result.out()).contains("forwarded_request").contains("forwarded_reply");
            assertThat(result.out()).doesNotContain("drop_no_next_hop").doesNotContain("drop_mtu");
            assertChecksums(out.resolve("front.pcap"));
            assertChecksums(out.resolve("back.pcap"));
        }
    }

    /** What an interface sends; it is recorded from when this returns. */
    private static Process record(final String namespace, final String device, final Path file) throws IOException {
        final Path log = Path.of(file + ".log");
        final Process process = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        namespace,
                        "tcpdump",
                        "-i",
                        device,
                        "-Q",
                        "out",
                        "-U",
                        "-Z",
                        "root",
                        "-w",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        TestBalancer.await("tcpdump", () -> TestBalancer.read(log).contains("listening on"));
        return process;
    }

    private static void end(final Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** An independent implementation reads every packet and works its checksums out. */
    private static void assertChecksums(final Path file) {
        final String text = Shell.run("tcpdump", "-nn", "-vv", "-r", file.toString());
        assertThat(text.lines().filter(line -> line.contains("(correct)") || line.contains("sum ok")))
                .hasSizeGreaterThan(50);
        assertThat(text.lines().filter(line -> line.matches(".*(incorrect|wrong|\\bbad (udp )?(cksum|sum)).*")))
                .isEmpty();
    }

    private static String network(final Lab lab) {
        final StringBuilder text = new StringBuilder(
                """
                static:
                  links:
                    - {name: front, mac: "%s"}
                    - {name: back, mac: "%s"}
                  routes:
                    - {to: 10.7.0.0/24, interface: front}
                    - {to: "fd07::/64", interface: front}
                    - {to: 10.8.0.0/24, interface: back}
                    - {to: "fd08::/64", interface: back}
                  neighbours:
                    - {address: 10.7.0.2, interface: front, mac: "%3$s"}
                    - {address: "fd07::2", interface: front, mac: "%3$s"}
                """.formatted(mac(lab.balancer(), "front"), mac(lab.balancer(), "back"), mac(lab.client(), "eth0")));
        for (int i = 1; i <= 2; i++) {
            final String mac = mac(lab.backend(i), "eth0");
            for (final String address : new String[] {Lab.backendAddress(i), Lab.backendAddress6(i)}) {
                text.append("    - {address: \"%s\", interface: back, mac: \"%s\"}%n".formatted(address, mac));
            }
        }
        return text.toString();
    }

    private static String mac(final String namespace, final String device) {
        return Lab.in(namespace, "cat", "/sys/class/net/" + device + "/address").strip();
    }
}
