package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Path-MTU discovery with real stacks, in both directions and both families: a narrow link in front of the clients, of which
 * a router tells the VIP; and a backends' network that takes less than the clients' (a smaller MTU, or a tunnel), of which
 * the balancer tells. All ends advertise segments that are too large for the path.
 *
 * <pre>
 *   far eth0 -- 1300 -- client, a router -- 1500 -- front balancer back -- 1400 -- switch -- backends
 * </pre>
 */
class PathMtuTest {
    private static final String NARROW = "1300";
    private static final String INNER = "1400";
    private static final int INNER_MTU = 1400;
    private static final int BODY_LENGTH = 4 << 20;
    private static final int SLOW_LENGTH = 12 << 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"full-nat, userspace", "full-nat, hybrid", "nat, kernel", "nat, hybrid"})
    void shouldFindThePathMtuInBothDirections(final String mode, final String engine) throws IOException {
        try (TestBalancer balancer = TestBalancer.lab(1);
                FarClient far = FarClient.connect(balancer.lab(), balancer.name(), NARROW)) {
            narrowInside(balancer.lab());
            balancer.start(
                    "engine: " + engine + '\n' + balancer.head("1") + TestBalancer.services(mode) + traced(mode));
            final Path sent = Files.write(folder.resolve("sent"), EchoBackend.pattern(BODY_LENGTH));
            for (final String vip : new String[] {Lab.VIP, Lab.VIP6}) {
                ping(balancer.lab().client(), vip);
                final long forwarded = balancer.counter(Counter.FORWARDED_ERROR);
                download(far.namespace(), vip);
                assertThat(balancer.counter(Counter.FORWARDED_ERROR))
                        .as("errors of the router on the way to the client")
                        .isGreaterThan(forwarded);
                final long told = balancer.counter(Counter.ANSWERED_TOO_BIG);
                upload(balancer.lab().client(), vip, sent);
                assertThat(balancer.counter(Counter.ANSWERED_TOO_BIG))
                        .as("errors of the balancer")
                        .isGreaterThan(told);
                trace(balancer.lab().client(), vip, INNER_MTU);
            }
            assertThat(balancer.counter(Counter.ANSWERED_EXPIRED)).isPositive();
            balancer.assertNothingLost();
        }
    }

    /** A transfer that is under way when the path shrinks comes to its end. */
    @ParameterizedTest
    @CsvSource({"full-nat, hybrid", "nat, userspace"})
    void shouldFinishATransferWhosePathShrinks(final String mode, final String engine) throws Exception {
        try (TestBalancer balancer = TestBalancer.lab(1);
                FarClient far = FarClient.connect(balancer.lab(), balancer.name(), "1500")) {
            letBackendsReach(balancer.lab());
            balancer.start("engine: " + engine + '\n' + balancer.head("1") + TestBalancer.services(mode));
            for (final String vip : new String[] {Lab.VIP, Lab.VIP6}) {
                far.narrow(balancer.lab(), "1500");
                final long forwarded = balancer.counter(Counter.FORWARDED_ERROR);
                final long replies = balancer.counter(Counter.FORWARDED_REPLY);
                final Path body = folder.resolve("slow");
                final Process curl = new ProcessBuilder(
                                "ip",
                                "netns",
                                "exec",
                                far.namespace(),
                                "curl",
                                "-sS",
                                "--max-time",
                                "60",
                                "--limit-rate",
                                "4M",
                                "-o",
                                body.toString(),
                                url(vip) + "bytes/" + SLOW_LENGTH)
                        .inheritIO()
                        .start();
                TestBalancer.await(
                        "the transfer's first packets",
                        () -> balancer.counter(Counter.FORWARDED_REPLY) > replies + 100);
                far.narrow(balancer.lab(), NARROW);
                assertThat(curl.waitFor()).as("curl").isZero();
                assertThat(Files.readAllBytes(body)).isEqualTo(EchoBackend.pattern(SLOW_LENGTH));
                assertThat(balancer.counter(Counter.FORWARDED_ERROR)).isGreaterThan(forwarded);
            }
            balancer.assertNothingLost();
        }
    }

    /** The last hop of a path is the VIP itself, whichever backend it was, and before it stands the balancer. */
    private static void trace(final String namespace, final String vip, final int mtu) {
        final boolean isIpv4 = vip.indexOf(':') < 0;
        final String trace = Lab.in(namespace, "tracepath", "-n", "-p", "40000", vip);
        assertThat(trace)
                .containsPattern("1: +" + (isIpv4 ? "10\\.7\\.0\\.1" : "fd07::1") + " ")
                .containsPattern(vip.replace(".", "\\.") + " .*reached")
                .contains("Resume: pmtu " + mtu + " hops 2");
    }

    /** The VIP answers an echo request as large as the link carries; of the path behind nobody has heard yet. */
    private static void ping(final String namespace, final String vip) {
        final String size = vip.indexOf(':') < 0 ? "1472" : "1452";
        assertThat(Lab.in(namespace, "ping", "-c", "2", "-W", "5", "-M", "do", "-s", size, vip))
                .contains(" 0% packet loss");
    }

    private void download(final String namespace, final String vip) throws IOException {
        final Path body = folder.resolve("body");
        curl(namespace, body, url(vip) + "bytes/" + BODY_LENGTH);
        assertThat(Files.readAllBytes(body)).as("download from %s", vip).isEqualTo(EchoBackend.pattern(BODY_LENGTH));
    }

    private void upload(final String namespace, final String vip, final Path sent) throws IOException {
        final Path body = folder.resolve("body");
        curl(namespace, body, "--data-binary", "@" + sent, url(vip));
        assertThat(Files.readAllBytes(body)).as("upload to %s", vip).isEqualTo(EchoBackend.pattern(BODY_LENGTH));
    }

    private static String url(final String vip) {
        return "http://" + (vip.indexOf(':') < 0 ? vip : "[" + vip + "]") + "/";
    }

    private static void curl(final String namespace, final Path body, final String... rest) {
        final List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "30", "-o", body.toString()));
        words.addAll(List.of(rest));
        Lab.in(namespace, words.toArray(String[]::new));
    }

    /** In mode nat they answer the far client itself. */
    private static void letBackendsReach(final Lab lab) {
        for (int i = 1; i <= lab.backendCount(); i++) {
            Lab.in(lab.backend(i), "ip", "route", "replace", "10.9.0.0/24", "via", "10.8.0.1");
            Lab.in(lab.backend(i), "ip", "-6", "route", "replace", "fd09::/64", "via", "fd08::1");
        }
    }

    /** The backends' network takes less than they say, as if a link behind the balancer had shrunk. */
    private static void narrowInside(final Lab lab) {
        Lab.in(lab.balancer(), "ip", "link", "set", "back", "mtu", INNER);
        Lab.in(lab.fabric(), "ip", "link", "set", "uplink", "mtu", INNER);
        for (int i = 1; i <= lab.backendCount(); i++) {
            final String backend = lab.backend(i);
            Lab.in(lab.fabric(), "ip", "link", "set", "port" + i, "mtu", INNER);
            Lab.in(backend, "ip", "link", "set", "eth0", "mtu", INNER);
            for (final String to : new String[] {"10.7.0.0/24", "10.9.0.0/24"}) {
                Lab.in(backend, "ip", "route", "replace", to, "via", "10.8.0.1", "advmss", "1460");
            }
            for (final String to : new String[] {"fd07::/64", "fd09::/64"}) {
                Lab.in(backend, "ip", "-6", "route", "replace", to, "via", "fd08::1", "advmss", "1440");
            }
            Lab.in(backend, "ip", "route", "replace", "10.8.0.1/32", "dev", "eth0", "advmss", "1460");
            Lab.in(backend, "ip", "-6", "route", "replace", "fd08::1/128", "dev", "eth0", "advmss", "1440");
        }
    }

    /** A service for the ports that tracepath goes through. */
    private static String traced(final String mode) {
        final StringBuilder text = new StringBuilder();
        for (final String vip : new String[] {Lab.VIP, Lab.VIP6}) {
            final boolean isIpv4 = vip.indexOf(':') < 0;
            text.append("""
                      - name: trace%s
                        vip: "%s"
                        port: 40000-40100
                        protocol: udp
                        forwarding: %s
                        backends:
                          - {address: "%s"}
                    """.formatted(
                            isIpv4 ? "4" : "6", vip, mode, isIpv4 ? Lab.backendAddress(1) : Lab.backendAddress6(1)));
        }
        return text.toString();
    }
}
