package io.fastpath.fastpath.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.service.ServiceSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlServerTest {
    private static final long TIMEOUT_MS = 10_000;
    private static final int FLOW_COUNT = 12_000;

    @TempDir
    private Path root;

    private final FakeInstance instance = new FakeInstance(1 << 17);
    private InstanceDirectory directory;
    private InstanceClaim claim;
    private ControlServer server;

    @BeforeEach
    void claim() {
        directory = new InstanceDirectory(root);
        claim = directory.claim("edge1");
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        claim.close();
    }

    @Test
    void shouldAnswerStatus() throws Exception {
        start(ControlLimits.DEFAULT);

        try (ControlClient client = ControlClient.connect(socket(), TIMEOUT_MS)) {
            final JsonNode status = client.ask("status");
            assertThat(status.path("instance").asText()).isEqualTo("edge1");
            assertThat(status.at("/workers/0/frames/kernelRx").asInt()).isEqualTo(1);
            assertThat(client.ask("services")).hasSize(2);
            assertThat(client.ask("backends")).hasSize(3);
            assertThat(client.ask("counters").at("/counters/rx_packets").asLong())
                    .isZero();
        }
    }

    @Test
    void shouldPlaceAndHandOver() throws Exception {
        start(ControlLimits.DEFAULT);

        try (ControlClient client = ControlClient.connect(socket(), TIMEOUT_MS)) {
            assertThat(client.place("hybrid").path("inForce").asText()).isEqualTo("hybrid");
            assertThat(client.ask("engine").path("asked").asText()).isEqualTo("hybrid");
            assertThat(instance.handOverCount()).isZero();
            assertThat(client.handOver()).isEqualTo(ProcessHandle.current().pid());
            assertThat(instance.handOverCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldMakeASocketForItsOwnerOnly() throws IOException {
        start(ControlLimits.DEFAULT);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldReplaceTheSocketOfADeadInstance() throws Exception {
        start(ControlLimits.DEFAULT);
        final Path kept = root.resolve("kept");
        Files.move(socket(), kept);
        server.close();
        Files.move(kept, socket());
        assertThat(new InstanceFinder(directory).isRunning("edge1")).isFalse();

        start(ControlLimits.DEFAULT);

        assertThat(new InstanceFinder(directory).isRunning("edge1")).isTrue();
    }

    @Test
    void shouldLeaveNoSocketBehind() {
        start(ControlLimits.DEFAULT);
        server.close();

        assertThat(socket()).doesNotExist();
        server.close();
    }

    @Test
    void shouldSayWhatIsWrongWithARequestAndGoOn() throws IOException {
        start(ControlLimits.DEFAULT);

        try (RawClient client = new RawClient(socket())) {
            assertThat(client.send("stop it\n").line()).startsWith("{\"ok\":false,\"error\":\"bad request: ");
            assertThat(client.send("{}\n").line()).contains("the request has no \\\"command\\\"");
            assertThat(client.send("{\"command\":\"stop\"}\n").line())
                    .contains(
                            "\\\"stop\\\" is unknown; allowed: status, services, backends, counters, flows, engine, prefilter, drain, handover");
            assertThat(client.send("{\"command\":\"status\",\"mode\":\"kernel\"}\n")
                            .line())
                    .contains("has a mode");
            assertThat(client.send("{\"command\":\"engine\",\"mode\":\"java\"}\n")
                            .line())
                    .contains("mode \\\"java\\\" is unknown; allowed: userspace, hybrid, kernel, auto");
            assertThat(client.send("{\"command\":\"status\",\"now\":1}\n").line())
                    .contains("\\\"now\\\"");
            assertThat(client.send("{\"command\":\"status\",\"filter\":{}}\n").line())
                    .contains("has a filter");
            assertThat(client.send("{\"command\":\"flows\",\"filter\":{\"state\":\"x\"}}\n")
                            .line())
                    .contains("state \\\"x\\\" is unknown");
            assertThat(client.send("[".repeat(1000) + "\n").line()).contains("\"ok\":false");
            assertThat(client.send("{\"command\":\"status\"}\n").line()).startsWith("{\"ok\":true");
        }
    }

    @Test
    void shouldAnswerRequestsThatCameTogetherOneAfterTheOther() throws IOException {
        start(ControlLimits.DEFAULT);

        try (RawClient client = new RawClient(socket())) {
            client.send("{\"command\":\"services\"}\n{\"command\":\"flows\"}\n{\"command\":\"status\"}");
            client.endOutput();
            assertThat(client.line()).contains("\"forwarding\"");
            assertThat(client.line()).isEqualTo("{\"ok\":true,\"result\":{\"flows\":0}}");
            assertThat(client.line()).contains("\"uptimeMs\"");
            assertThat(client.line()).isNull();
        }
    }

    @Test
    void shouldEndTheClientOfAnEndlessRequest() throws IOException {
        start(ControlLimits.DEFAULT);

        try (RawClient client = new RawClient(socket())) {
            client.send("x".repeat(ControlProtocol.REQUEST_LENGTH_LIMIT));
            assertThat(client.line()).contains("the request is longer than 8192 bytes");
            assertThat(client.line()).isNull();
        }
    }

    @Test
    void shouldTellAClientTooManyAndServeTheNextOnceOneLeaves() throws Exception {
        start(new ControlLimits(2, TimeUnit.SECONDS.toNanos(30)));
        try (RawClient first = new RawClient(socket());
                RawClient second = new RawClient(socket())) {
            assertThat(first.send("{\"command\":\"status\"}\n").line()).contains("true");
            assertThat(second.send("{\"command\":\"status\"}\n").line()).contains("true");
            try (RawClient third = new RawClient(socket())) {
                assertThat(third.line()).isEqualTo("{\"ok\":false,\"error\":\"too many clients; 2 are allowed\"}");
            }
        }
        await(() -> {
            try (RawClient next = new RawClient(socket())) {
                final String line = next.send("{\"command\":\"status\"}\n").line();
                return line != null && line.contains("true");
            } catch (final IOException ex) {
                return false; // it was refused before it could write
            }
        });
    }

    @Test
    void shouldDropAClientThatStandsStill() throws IOException {
        start(new ControlLimits(8, TimeUnit.SECONDS.toNanos(2)));

        try (RawClient half = new RawClient(socket()).send("{\"comm");
                RawClient silent = new RawClient(socket())) {
            assertThat(half.line()).isNull();
            assertThat(silent.line()).isNull();
        }
    }

    @Test
    void shouldStreamAsFastAsTheReaderReadsAndHoldNoMoreThanAPiece() throws Exception {
        openFlows();
        start(ControlLimits.DEFAULT);
        readAllFlows(); // the first answer pays for loading and compiling, too
        final long beginLength = allocatedOnceStill();
        readAllFlows();
        final long wholeLength = allocatedOnceStill() - beginLength;

        try (RawClient slow = new RawClient(socket())) {
            slow.send("{\"command\":\"flows\"}\n");
            assertThat(slow.line()).startsWith("{\"item\":");
            final long heldLength = allocatedOnceStill() - beginLength - wholeLength;
            assertThat(heldLength).isLessThan(wholeLength / 2);
            assertOthersAreServed();
            assertThat(countOfFlows(slow)).isEqualTo(FLOW_COUNT - 1);
        }
    }

    @Test
    void shouldGoOnWhenAReaderGoesAwayInTheMiddle() throws Exception {
        openFlows();
        start(ControlLimits.DEFAULT);
        for (int i = 0; i < 20; i++) {
            try (RawClient client = new RawClient(socket())) {
                client.send("{\"command\":\"flows\"}\n");
                assertThat(client.line()).startsWith("{\"item\":");
            }
        }

        assertOthersAreServed();
    }

    @Test
    void shouldCloseAtOnceWhileClientsStandStill() throws Exception {
        openFlows();
        start(new ControlLimits(8, TimeUnit.MINUTES.toNanos(5)));
        final List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(new RawClient(socket()).send("{\"command\":\"flows\"}\n"));
        }
        final long beginNs = System.nanoTime();

        server.close();

        assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isLessThan(Duration.ofSeconds(4));
        for (final RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void shouldServeManyClientsAtATime() throws Exception {
        start(ControlLimits.DEFAULT);
        final List<Throwable> failures = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            final Thread thread = new Thread(this::askOften);
            thread.setUncaughtExceptionHandler((failed, ex) -> {
                synchronized (failures) {
                    failures.add(ex);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }

        assertThat(failures).isEmpty();
    }

    @Test
    void shouldAnswerAFailureOfTheInstanceAsAnError() throws Exception {
        server = ControlServer.start(claim, new BrokenInstance(), ControlLimits.DEFAULT);

        try (ControlClient client = ControlClient.connect(socket(), TIMEOUT_MS)) {
            assertThatThrownBy(() -> client.ask("status"))
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining("broken");
        }
        assertThat(new InstanceFinder(directory).isRunning("edge1")).isTrue();
    }

    /** An instance whose status can't be made. */
    private static final class BrokenInstance implements InstanceView {
        @Override
        public Prefilter prefilter() {
            throw new IllegalStateException("broken");
        }

        @Override
        public Drains drains() {
            throw new IllegalStateException("broken");
        }

        @Override
        public StatusReport status() {
            throw new IllegalStateException("broken");
        }

        @Override
        public SharedTables tables() {
            throw new IllegalStateException("broken");
        }

        @Override
        public List<ServiceSpec> services() {
            return List.of();
        }

        @Override
        public PlacementReport placement() {
            throw new IllegalStateException("broken");
        }

        @Override
        public void place(final EngineMode mode) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void handOver() {
            throw new IllegalStateException("broken");
        }
    }

    private void start(final ControlLimits limits) {
        server = ControlServer.start(claim, instance, limits);
    }

    private Path socket() {
        return directory.socket("edge1");
    }

    private void openFlows() {
        for (int i = 0; i < FLOW_COUNT; i++) {
            instance.open("web", new Endpoint(Address.parse("192.0." + i / 5000 + ".7"), 1024 + i % 5000), i % 2, 0);
        }
    }

    private void readAllFlows() throws IOException {
        try (RawClient client = new RawClient(socket())) {
            assertThat(countOfFlows(client.send("{\"command\":\"flows\"}\n"))).isEqualTo(FLOW_COUNT);
        }
    }

    private static int countOfFlows(final RawClient client) throws IOException {
        int count = 0;
        String line = client.line();
        while (line.startsWith("{\"item\":")) {
            count++;
            line = client.line();
        }
        assertThat(line).isEqualTo("{\"ok\":true,\"result\":{\"flows\":" + FLOW_COUNT + "}}");
        return count;
    }

    private void askOften() {
        try {
            for (int i = 0; i < 50; i++) {
                try (ControlClient client = ControlClient.connect(socket(), TIMEOUT_MS)) {
                    assertThat(client.ask("services")).hasSize(2);
                }
            }
        } catch (final ControlException ex) {
            throw new AssertionError(ex);
        }
    }

    private void assertOthersAreServed() throws ControlException {
        try (ControlClient other = ControlClient.connect(socket(), TIMEOUT_MS)) {
            assertThat(other.ask("status").path("pid").asInt()).isEqualTo(4711);
        }
    }

    /** {@return what the server's thread has allocated in all, once it stopped to} */
    private static long allocatedOnceStill() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long[] last = {-1};
        await(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400));
            final long now = threads.getThreadAllocatedBytes(controlThread().getId());
            final boolean still = now - last[0] < 64 * 1024;
            last[0] = now;
            return still;
        });
        return last[0];
    }

    private static Thread controlThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("fastpath-socket"))
                .findFirst()
                .orElseThrow();
    }

    private static void await(final BooleanSupplier condition) {
        final long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(endNs);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
