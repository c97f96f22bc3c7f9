package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.lab.ChildProcess;
import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.fastpath.lab.UdpLoad;
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
 * The modes of direct server return with real stacks: unmodified servers that have the VIP on {@code lo}, behind {@code
 * fastpath decap} where there is a tunnel, and a way back to the client that does not touch the balancer.
 *
 * <pre>
 *   client eth0 ---- front balancer back ---- switch ---- eth0 backend, VIP on lo
 *          eth1 --------------------------------+
 * </pre>
 */
class DirectReturnTest {
    private static final int PORT = 80;

    /** VIP and backend are of different families here. */
    private static final int CROSS_PORT = 81;

    private static final String TUNNEL_MTU = "1600";
    private static final String CLIENTS_MTU = "1500";
    private static final int BODY_LENGTH = 1 << 20;

    @TempDir
    private Path folder;

    private final List<EchoBackend> servers = new ArrayList<>();
    private final List<ChildProcess> decapsulators = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "dsr-l2, userspace",
        "dsr-l2, kernel",
        "dsr-ipip, userspace",
        "dsr-ipip, kernel",
        "dsr-gue, userspace",
        "dsr-gue, kernel",
        "dsr-geneve, userspace",
        "dsr-geneve, kernel"
    })
    void shouldServeClientsPastTheBalancer(final String mode, final String engine) throws IOException {
        play(mode, engine, TUNNEL_MTU);
    }

    /** Uploads come to an end only where the clients are told. */
    @ParameterizedTest
    @CsvSource({"dsr-ipip, userspace", "dsr-ipip, hybrid", "dsr-gue, kernel"})
    void shouldTellClientsWhatFitsIntoATunnel(final String mode, final String engine) throws IOException {
        assertThat(play(mode, engine, CLIENTS_MTU)).as("errors of the balancer").isPositive();
    }

    /** The router in front of the client tells the VIP, of whose packets the balancer sees none. */
    @ParameterizedTest
    @CsvSource({"dsr-ipip, userspace", "dsr-ipip, kernel", "dsr-gue, hybrid"})
    void shouldHandErrorsAboutRepliesToTheBackend(final String mode, final String engine) throws IOException {
        try (TestBalancer balancer = TestBalancer.lab(1);
                FarClient far = FarClient.connect(balancer.lab(), balancer.name(), "1300")) {
            prepare(balancer.lab(), true, TUNNEL_MTU);
            for (int i = 1; i <= balancer.lab().backendCount(); i++) {
                final String backend = balancer.lab().backend(i);
                Lab.in(backend, "ip", "route", "add", "10.9.0.0/24", "via", "10.8.0.2", "mtu", "1500");
                Lab.in(backend, "ip", "route", "add", "fd09::/64", "via", "fd08::2", "mtu", "1500");
            }
            balancer.start("engine: " + engine + '\n' + balancer.head("1") + services(mode, PORT, false));
            for (final String host : new String[] {Lab.VIP, "[" + Lab.VIP6 + "]"}) {
                final long before = balancer.counter(Counter.FORWARDED_ERROR);
                final Path body = folder.resolve("body");
                curl(far.namespace(), body, "http://" + host + ":" + PORT + "/bytes/" + BODY_LENGTH);
                assertThat(Files.readAllBytes(body)).as(host).isEqualTo(EchoBackend.pattern(BODY_LENGTH));
                assertThat(balancer.counter(Counter.FORWARDED_ERROR)).as(host).isGreaterThan(before);
            }
            balancer.assertNothingLost();
        } finally {
            decapsulators.forEach(ChildProcess::close);
            servers.forEach(EchoBackend::close);
        }
    }

    /** Answers how many packets were answered as too big. */
    private long play(final String mode, final String engine, final String tunnelMtu) throws IOException {
        final boolean isTunnel = !mode.equals("dsr-l2");
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            prepare(balancer.lab(), isTunnel, tunnelMtu);
            balancer.start("engine: " + engine + '\n' + balancer.head("1") + services(mode, PORT, false)
                    + (isTunnel ? services(mode, CROSS_PORT, true) : "")
                    + BulkTransfer.services(mode, false));
            serve(balancer.lab(), PORT);
            transfer(balancer.lab());
            if (isTunnel) {
                serve(balancer.lab(), CROSS_PORT);
            }
            for (final JsonNode service : balancer.ask("services")) {
                assertThat(service.path("forwarding").asText()).isEqualTo(mode);
            }
            assertThat(balancer.counter(Counter.FORWARDED_REQUEST)).isPositive();
            assertThat(balancer.counter(Counter.FORWARDED_REPLY)).isZero();
            balancer.assertNothingLost();
            for (int i = 1; i <= decapsulators.size(); i++) {
                assertStripped(balancer.lab(), i);
            }
            return balancer.counter(Counter.ANSWERED_TOO_BIG);
        } finally {
            decapsulators.forEach(ChildProcess::close);
            servers.forEach(EchoBackend::close);
        }
    }

    private void transfer(final Lab lab) {
        try (BulkTransfer bulk = new BulkTransfer(lab.backend(1), folder.resolve("iperf3.log"))) {
            bulk.run(lab.client(), Lab.VIP);
            bulk.run(lab.client(), Lab.VIP6);
        }
    }

    private void serve(final Lab lab, final int port) throws IOException {
        final Path sent = Files.write(folder.resolve("sent"), EchoBackend.pattern(BODY_LENGTH));
        for (final String vip : new String[] {Lab.VIP, Lab.VIP6}) {
            final String host = vip.indexOf(':') < 0 ? vip : "[" + vip + "]";
            final String url = "http://" + host + ":" + port + "/";
            final Path body = folder.resolve("body");
            curl(lab.client(), body, url + "bytes/" + BODY_LENGTH);
            assertThat(Files.readAllBytes(body))
                    .as("download from %s", url)
                    .isEqualTo(EchoBackend.pattern(BODY_LENGTH));
            curl(lab.client(), body, "--data-binary", "@" + sent, url);
            assertThat(Files.readAllBytes(body)).as("upload to %s", url).isEqualTo(EchoBackend.pattern(BODY_LENGTH));
            final UdpLoad udp = new UdpLoad(lab.client(), vip, port, 8);
            ForwardingTest.drive(udp);
            assertThat(udp.lost()).as("datagrams lost at %s", vip).isZero();
            assertThat(udp.perBackend()).containsOnlyKeys("direct-1", "direct-2");
            for (final int length : LargeDatagram.LENGTHS) {
                LargeDatagram.exchange(lab.client(), vip, port, length);
            }
        }
    }

    private static void curl(final String namespace, final Path body, final String... rest) {
        final List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20", "-o", body.toString()));
        words.addAll(List.of(rest));
        Lab.in(namespace, words.toArray(String[]::new));
    }

    /** Ends a backend's decapsulation as its administrator would, and looks at what it leaves. */
    private void assertStripped(final Lab lab, final int number) throws IOException {
        final ChildProcess decapsulator = decapsulators.get(number - 1);
        assertThat(decapsulator.stop()).as(decapsulator::logEnd).isZero();
        assertThat(Lab.in(lab.backend(number), "ip", "link", "show", "eth0")).doesNotContain("xdp");
        final List<String> lines = Files.readAllLines(log(number));
        final JsonNode counts = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(counts.path("stripped").asLong()).as("%s", counts).isPositive();
        for (final String drop : List.of("drop_outer", "drop_inner", "drop_nested", "drop_foreign")) {
            assertThat(counts.path(drop).asLong()).as("%s of %s", drop, counts).isZero();
        }
    }

    private Path log(final int number) {
        return folder.resolve("decap" + number + ".log");
    }

    private void prepare(final Lab lab, final boolean isTunnel, final String tunnelMtu) {
        connectClientToSwitch(lab);
        if (isTunnel) {
            Lab.in(lab.balancer(), "ip", "link", "set", "back", "mtu", tunnelMtu);
            Lab.in(lab.fabric(), "ip", "link", "set", "uplink", "mtu", tunnelMtu);
        }
        for (int i = 1; i <= lab.backendCount(); i++) {
            final String backend = lab.backend(i);
            if (isTunnel) { // first of all: it would raise the MTU of IPv6 routes
                Lab.in(lab.fabric(), "ip", "link", "set", "port" + i, "mtu", tunnelMtu);
                Lab.in(backend, "ip", "link", "set", "eth0", "mtu", tunnelMtu);
            }
            Lab.in(backend, "ip", "address", "add", Lab.VIP + "/32", "dev", "lo");
            Lab.in(backend, "ip", "-6", "address", "add", Lab.VIP6 + "/128", "dev", "lo", "nodad");
            Lab.in(backend, "sh", "-c", "cd /proc/sys/net/ipv4/conf/all; echo 1 > arp_ignore; echo 2 > arp_announce");
            if (isTunnel) {
                decapsulate(backend, i);
            }
            // After the device's MTU, which takes IPv6 routes along; the way back to the client has no tunnel.
            Lab.in(backend, "ip", "route", "replace", "10.7.0.0/24", "via", "10.8.0.2", "mtu", "1500");
            Lab.in(backend, "ip", "route", "replace", "fd07::/64", "via", "fd08::2", "mtu", "1500");
            servers.add(EchoBackend.start("direct-" + i, backend, PORT, Lab.VIP, Lab.VIP6));
            servers.add(EchoBackend.start("direct-" + i, backend, CROSS_PORT, Lab.VIP, Lab.VIP6));
        }
    }

    private void decapsulate(final String backend, final int number) {
        final List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", backend));
        words.addAll(Fastpath.command());
        words.addAll(List.of("decap", "--interface", "eth0", "--json"));
        decapsulators.add(ChildProcess.start("decap", words, log(number)));
        TestBalancer.await(
                "the decapsulation of " + backend,
                () -> Lab.in(backend, "ip", "link", "show", "eth0").contains("prog/xdp"));
    }

    private static void connectClientToSwitch(final Lab lab) {
        Shell.run(
                "ip",
                "link",
                "add",
                "eth1",
                "netns",
                lab.client(),
                "type",
                "veth",
                "peer",
                "name",
                "return",
                "netns",
                lab.fabric());
        Lab.in(lab.client(), "ethtool", "-K", "eth1", "tx", "off");
        Lab.in(lab.client(), "ip", "link", "set", "eth1", "up");
        Lab.in(lab.fabric(), "ip", "link", "set", "return", "up", "master", "br0");
        Lab.in(lab.client(), "ip", "address", "add", "10.8.0.2/24", "dev", "eth1");
        Lab.in(lab.client(), "ip", "-6", "address", "add", "fd08::2/64", "dev", "eth1", "nodad");
        Lab.in(
                lab.client(),
                "sh",
                "-c",
                "cd /proc/sys/net/ipv4/conf; for i in all eth1; do echo 0 > $i/rp_filter; done");
    }

    private static String services(final String mode, final int port, final boolean isCross) {
        final StringBuilder text = new StringBuilder();
        for (final String protocol : new String[] {"tcp", "udp"}) {
            for (final String vip : new String[] {Lab.VIP, Lab.VIP6}) {
                final boolean isBackendIpv4 = vip.indexOf(':') < 0 != isCross;
                text.append("""
                          - name: %s-%s-%d
                            vip: "%s"
                            port: %d
                            protocol: %s
                            forwarding: %s
                            backends:
                        """.formatted(protocol, isBackendIpv4 ? "4" : "6", port, vip, port, protocol, mode));
                for (int i = 1; i <= 2; i++) {
                    final String address = isBackendIpv4 ? Lab.backendAddress(i) : Lab.backendAddress6(i);
                    text.append("      - {address: \"%s\", port: %d}%n".formatted(address, port));
                }
            }
        }
        return text.toString();
    }
}
