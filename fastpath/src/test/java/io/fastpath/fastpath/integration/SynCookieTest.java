package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SYN cookies with real stacks on both sides: what either of them makes of a handshake that is made in its place. */
class SynCookieTest {
    private static final int BODY_LENGTH = 1 << 20;
    private static final int SPEAKS_FIRST_PORT = 8025;
    private static final int CONNECTIONS = 20;

    /** Linux asks for a window by itself after 200 ms at the earliest: whoever is faster was told of it. */
    private static final long TOLD_MS = 190;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"full-nat, userspace", "full-nat, kernel", "nat, userspace", "nat, kernel", "full-nat, hybrid"})
    void shouldServeConnectionsThatCookiesOpened(final String mode, final String engine) throws IOException {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            if (mode.equals("nat")) {
                routeBack(balancer.lab());
            }
            balancer.start("engine: " + engine + '\n' + balancer.head("1") + services(mode));
            for (final String host : new String[] {Lab.VIP, "[" + Lab.VIP6 + "]"}) {
                transfer(balancer.lab(), "http://" + host + ":80/");
            }
            final List<Long> waits = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                waits.add(firstByteMs(balancer.lab(), "http://" + Lab.VIP + ":80/"));
            }
            waits.sort(null);
            assertThat(waits.get(CONNECTIONS / 2))
                    .as("ms to the first byte: %s", waits)
                    .isLessThan(TOLD_MS);
            final long answered = balancer.counter(Counter.ANSWERED_SYN);
            assertThat(answered).isGreaterThanOrEqualTo(4 + CONNECTIONS);
            assertThat(balancer.counter(Counter.COOKIE_ACCEPTED)).isEqualTo(answered);
            assertThat(balancer.counter(Counter.FLOW_OPENED)).isEqualTo(answered);
            assertThat(balancer.counter(Counter.DROP_COOKIE)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"userspace", "kernel"})
    void shouldLetTheServerSpeakFirst(final String engine) throws Exception {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start("engine: " + engine + '\n' + balancer.head("1") + services("full-nat"));
            try (ServerSocket server = listen(balancer.lab())) {
                final Thread speaker = new Thread(() -> speak(server));
                speaker.start();
                final List<Long> waits = new ArrayList<>();
                for (int i = 0; i < CONNECTIONS; i++) {
                    waits.add(greetingMs(balancer.lab()));
                }
                waits.sort(null);
                assertThat(waits.get(CONNECTIONS / 2))
                        .as("ms to the greeting: %s", waits)
                        .isLessThan(TOLD_MS);
            }
        }
    }

    private static String services(final String mode) {
        return (TestBalancer.service("web4", Lab.VIP, 80, "tcp", mode)
                                + TestBalancer.service("web6", Lab.VIP6, 80, "tcp", mode))
                        .replace("    forwarding:", "    synCookies: always\n    forwarding:")
                + """
                  - name: mail
                    vip: "%s"
                    port: 25
                    protocol: tcp
                    synCookies: always
                    backends: [{address: %s, port: %d}]
                """.formatted(Lab.VIP, Lab.backendAddress(1), SPEAKS_FIRST_PORT);
    }

    private static void routeBack(final Lab lab) {
        for (int i = 1; i <= 2; i++) {
            Lab.in(lab.backend(i), "ip", "route", "replace", "10.7.0.0/24", "via", "10.8.0.1");
            Lab.in(lab.backend(i), "ip", "-6", "route", "replace", "fd07::/64", "via", "fd08::1");
        }
    }

    private void transfer(final Lab lab, final String url) throws IOException {
        final Path body = folder.resolve("body");
        final Path sent = Files.write(folder.resolve("sent"), EchoBackend.pattern(BODY_LENGTH));
        curl(lab, "-o", body.toString(), url + "bytes/" + BODY_LENGTH);
        assertThat(Files.readAllBytes(body)).as("download from %s", url).isEqualTo(EchoBackend.pattern(BODY_LENGTH));
        curl(lab, "-o", body.toString(), "--data-binary", "@" + sent, url);
        assertThat(Files.readAllBytes(body)).as("upload to %s", url).isEqualTo(EchoBackend.pattern(BODY_LENGTH));
    }

    private static long firstByteMs(final Lab lab, final String url) {
        final String seconds = curl(lab, "-o", "/dev/null", "-w", "%{time_starttransfer}", url);
        return Math.round(Double.parseDouble(seconds.trim()) * TimeUnit.SECONDS.toMillis(1));
    }

    private static String curl(final Lab lab, final String... rest) {
        final List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20"));
        words.addAll(List.of(rest));
        return Lab.in(lab.client(), words.toArray(String[]::new));
    }

    private static ServerSocket listen(final Lab lab) throws IOException {
        final NetworkNamespace visit = NetworkNamespace.enter(lab.backend(1));
        try {
            final ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(Lab.backendAddress(1), SPEAKS_FIRST_PORT));
            return server;
        } finally {
            visit.close();
        }
    }

    private static void speak(final ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write("220 ready".getBytes(StandardCharsets.US_ASCII));
            } catch (final IOException e) {
                // the test is over, or says what it misses
            }
        }
    }

    private static long greetingMs(final Lab lab) throws IOException {
        final NetworkNamespace visit = NetworkNamespace.enter(lab.client());
        try (Socket socket = new Socket()) {
            final long beganNs = System.nanoTime();
            socket.setSoTimeout(5_000);
            socket.connect(new InetSocketAddress(Lab.VIP, 25), 5_000);
            assertThat(socket.getInputStream().readNBytes(9))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("220 ready");
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
        } finally {
            visit.close();
        }
    }
}
