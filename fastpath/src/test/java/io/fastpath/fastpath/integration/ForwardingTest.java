package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Load;
import io.fastpath.fastpath.lab.UdpLoad;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must work with real stacks in every forwarding mode and placement; these are subclasses. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ForwardingTest {
    private static final long LOAD_MS = 2_000;

    /** Those of {@link TestBalancer#services} and of {@link BulkTransfer}. */
    private static final int SERVICES = 4 + 2;

    private final TestBalancer balancer;

    @TempDir
    private Path folder;

    ForwardingTest(final String mode, final EngineMode engine) {
        this(engine, TestBalancer.services(mode) + BulkTransfer.services(mode, false));
    }

    ForwardingTest(final EngineMode engine, final String services) {
        final TestBalancer made = TestBalancer.lab(1);
        boolean started = false;
        try {
            made.start("engine: " + engine.label() + '\n' + made.head("1") + services);
            started = true;
        } finally {
            if (!started) {
                made.close();
            }
        }
        balancer = made;
    }

    @AfterAll
    void close() {
        try {
            balancer.assertNothingLost();
            assertThatPacketsWereTakenAsPlaced();
            assertThat(balancer.process().stop()).isZero();
            assertThat(balancer.runDirectory()).doesNotExist();
        } finally {
            balancer.close();
        }
    }

    /** By who took the requests and replies; called once all is over. */
    abstract void assertThatPacketsWereTakenAsPlaced();

    final TestBalancer balancer() {
        return balancer;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1_447, 1_448, 1_449, 65_536, 1_048_576})
    void shouldDownloadBodiesOfAnySize(final int length) throws IOException {
        for (final String vip : new String[] {Lab.VIP, "[" + Lab.VIP6 + "]"}) {
            final Path body = folder.resolve("body");
            Lab.in(
                    lab().client(),
                    "curl",
                    "-sS",
                    "--max-time",
                    "20",
                    "-o",
                    body.toString(),
                    url(vip) + "bytes/" + length);
            assertThat(Files.readAllBytes(body)).as(vip).isEqualTo(EchoBackend.pattern(length));
        }
    }

    @Test
    void shouldUploadAMegabyteAndGetItBack() throws IOException {
        final Path sent = Files.write(folder.resolve("sent"), EchoBackend.pattern(1 << 20));
        for (final String vip : new String[] {Lab.VIP, "[" + Lab.VIP6 + "]"}) {
            final Path body = folder.resolve("body");
            Lab.in(
                    lab().client(),
                    "curl",
                    "-sS",
                    "--max-time",
                    "20",
                    "-o",
                    body.toString(),
                    "--data-binary",
                    "@" + sent,
                    url(vip));
            assertThat(Files.readAllBytes(body)).as(vip).isEqualTo(EchoBackend.pattern(1 << 20));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Lab.VIP, Lab.VIP6})
    void shouldCarryABulkTransferEachWay(final String vip) {
        try (BulkTransfer bulk = new BulkTransfer(lab().backend(1), folder.resolve("iperf3.log"))) {
            bulk.run(lab().client(), vip);
        }
    }

    @Test
    void shouldServe64ParallelConnections() {
        final HttpLoad http = new HttpLoad(lab().client(), url(Lab.VIP), 64);
        drive(http);
        assertThat(http.requests()).isGreaterThan(64);
        assertThat(http.perBackend()).containsOnlyKeys("backend-1", "backend-2");
    }

    @Test
    void shouldServeIpv6InParallel() {
        final HttpLoad http = new HttpLoad(lab().client(), url("[" + Lab.VIP6 + "]"), 16);
        drive(http);
        assertThat(http.perBackend()).containsOnlyKeys("backend-1", "backend-2");
    }

    @ParameterizedTest
    @ValueSource(strings = {Lab.VIP, Lab.VIP6})
    void shouldExchangeDatagrams(final String vip) {
        final UdpLoad udp = new UdpLoad(lab().client(), vip, 7, 8);
        drive(udp);
        assertThat(udp.lost()).isZero();
        assertThat(udp.perBackend()).containsOnlyKeys("backend-1", "backend-2");
    }

    /** Requests and replies go in fragments then: the stacks at both ends cut and put together. */
    @ParameterizedTest
    @ValueSource(strings = {Lab.VIP, Lab.VIP6})
    void shouldExchangeDatagramsLargerThanTheMtu(final String vip) {
        final long before = balancer.counter(Counter.FRAGMENT_TRACKED);
        for (final int length : LargeDatagram.LENGTHS) {
            LargeDatagram.exchange(lab().client(), vip, 7, length);
        }
        assertThat(balancer.counter(Counter.FRAGMENT_TRACKED)).isEqualTo(before + 2L * LargeDatagram.LENGTHS.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {Lab.VIP, Lab.VIP6})
    void shouldAnswerEchoForVips(final String vip) {
        final long before = balancer.counter(Counter.ANSWERED_ECHO);
        Lab.in(lab().client(), "ping", "-c", "5", "-i", "0.05", "-W", "5", "-s", "1000", vip);
        assertThat(balancer.counter(Counter.ANSWERED_ECHO)).isEqualTo(before + 5);
    }

    @Test
    void shouldHearSolicitationsForItsVips() {
        assertThat(Lab.in(lab().balancer(), "ip", "maddress", "show", "dev", "front"))
                .contains("ff02::1:ff00:100");
    }

    @Test
    void shouldLeaveOtherTrafficToTheKernel() {
        Lab.in(lab().client(), "ping", "-c", "2", "-i", "0.05", "-W", "5", "10.7.0.1");
        Lab.in(lab().client(), "ping", "-c", "2", "-i", "0.05", "-W", "5", "fd07::1");
        Lab.in(lab().balancer(), "ping", "-c", "2", "-i", "0.05", "-W", "5", Lab.backendAddress(1));
    }

    @Test
    void shouldTellItsServicesAndBackends() {
        drive(new HttpLoad(lab().client(), url(Lab.VIP), 4));
        final JsonNode services = balancer.ask("services");
        assertThat(services).hasSize(SERVICES);
        long flows = 0;
        for (final JsonNode backend : balancer.ask("backends")) {
            assertThat(backend.path("nextHop").asText()).isEqualTo("valid");
            flows += backend.path("flowsOpened").asLong();
        }
        assertThat(flows).isEqualTo(balancer.counter(Counter.FLOW_OPENED));
    }

    private Lab lab() {
        return balancer.lab();
    }

    private static String url(final String host) {
        return "http://" + host + "/";
    }

    static void drive(final Load load) {
        load.start();
        final long startNs = System.nanoTime();
        TestBalancer.await(
                "the load's time", () -> System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(LOAD_MS));
        load.finish();
        assertThat(load.failures())
                .as("failures, the first: %s", load.firstFailure())
                .isZero();
    }
}
