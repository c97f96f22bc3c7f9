package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.instance.Detachment;
import io.fastpath.fastpath.lab.BalancerProcess;
import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A lab with backends and a running balancer, for one test class; closing removes all of it. */
final class TestBalancer implements AutoCloseable {
    static final int BACKEND_PORT = 8080;

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final long CONTROL_TIMEOUT_MS = 10_000;
    private static final long POLL_NS = 1_000_000;

    private final String name;
    private final Path folder;
    private final List<EchoBackend> backends = new ArrayList<>();
    private Lab lab;
    private BalancerProcess process;
    private int upgradeCount;

    private TestBalancer() {
        name = "fpt" + ProcessHandle.current().pid() + "i" + NUMBERS.incrementAndGet();
        try {
            folder = Files.createTempDirectory("fastpath-test");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds a lab with two backends, and no balancer yet. */
    static TestBalancer lab(final int queueCount) {
        final TestBalancer balancer = new TestBalancer();
        boolean built = false;
        try {
            balancer.lab = Lab.build(balancer.name, 2, queueCount);
            for (int i = 1; i <= 2; i++) {
                balancer.backends.add(EchoBackend.start(
                        "backend-" + i,
                        balancer.lab.backend(i),
                        BACKEND_PORT,
                        Lab.backendAddress(i),
                        Lab.backendAddress6(i)));
            }
            built = true;
            return balancer;
        } finally {
            if (!built) {
                balancer.close();
            }
        }
    }

    /** The usual head of a configuration; services follow. */
    String head(final String cpus) {
        return """
                instance: %s
                interfaces:
                  - {name: front}
                  - {name: back}
                workers: {cpus: [%s], idle: backoff}
                onExit: detach
                flows: {capacity: 65536}
                snat: {addresses: [10.8.0.1, "fd08::1"], ports: 1024-65535}
                services:
                """.formatted(name, cpus);
    }

    /** A service over both backends. */
    static String service(
            final String service, final String vip, final int port, final String protocol, final String mode) {
        return service(service, vip, port, protocol, mode, vip.indexOf(':') >= 0);
    }

    private static String service(
            final String service,
            final String vip,
            final int port,
            final String protocol,
            final String mode,
            final boolean six) {
        final StringBuilder text = new StringBuilder("""
                  - name: %s
                    vip: "%s"
                    port: %d
                    protocol: %s
                    forwarding: %s
                    backends:
                """.formatted(service, vip, port, protocol, mode));
        for (int i = 1; i <= 2; i++) {
            text.append("      - {address: \"%s\", port: %d}%n"
                    .formatted(six ? Lab.backendAddress6(i) : Lab.backendAddress(i), BACKEND_PORT));
        }
        return text.toString();
    }

    /** TCP and UDP services for both families in one mode. */
    static String services(final String mode) {
        return service("web4", Lab.VIP, 80, "tcp", mode)
                + service("web6", Lab.VIP6, 80, "tcp", mode)
                + service("udp4", Lab.VIP, 7, "udp", mode)
                + service("udp6", Lab.VIP6, 7, "udp", mode);
    }

    /** The same with backends of the other family than the VIP's. */
    static String servicesAcross(final String mode) {
        return service("web4", Lab.VIP, 80, "tcp", mode, true)
                + service("web6", Lab.VIP6, 80, "tcp", mode, false)
                + service("udp4", Lab.VIP, 7, "udp", mode, true)
                + service("udp6", Lab.VIP6, 7, "udp", mode, false);
    }

    /** Writes a configuration file into the test's folder. */
    Path write(final String yaml) {
        try {
            return Files.writeString(folder.resolve("config.yaml"), yaml);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's text. */
    static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the balancer. */
    TestBalancer start(final String yaml) {
        return start(yaml, Fastpath.command());
    }

    /** Starts the balancer by a command of one's own. */
    TestBalancer start(final String yaml, final List<String> command) {
        process = BalancerProcess.start(command, lab.balancer(), write(yaml), folder.resolve("balancer.log"));
        await("the backends' next hops", this::knowsItsBackends);
        return this;
    }

    /** Has another process take over; the one before has ended then, by itself and in order. */
    void upgrade(final String yaml) {
        final BalancerProcess before = process;
        process = BalancerProcess.upgrade(
                Fastpath.command(), lab.balancer(), write(yaml), folder.resolve("balancer" + ++upgradeCount + ".log"));
        assertThat(before.awaitEnd()).as(before::logEnd).isZero();
        await("the backends' next hops", this::knowsItsBackends);
    }

    private boolean knowsItsBackends() {
        for (final JsonNode backend : ask("backends")) {
            if (!backend.path("nextHop").asText().equals("valid")) {
                return false;
            }
        }
        return true;
    }

    String name() {
        return name;
    }

    /** For files of the test's own; removed at the end. */
    Path folder() {
        return folder;
    }

    Lab lab() {
        return lab;
    }

    BalancerProcess process() {
        return process;
    }

    Path runDirectory() {
        return InstanceDirectory.standard().of(name);
    }

    /** Asks over the control socket. */
    JsonNode ask(final String command) {
        try (ControlClient client =
                ControlClient.connect(InstanceDirectory.standard().socket(name), CONTROL_TIMEOUT_MS)) {
            return client.ask(command);
        } catch (final ControlException e) {
            throw new AssertionError("balancer: " + e.getMessage() + "; its log ends: " + process.logEnd(), e);
        }
    }

    /** A counter's sum over all writers. */
    long counter(final Counter counter) {
        return ask("counters").path("counters").path(counter.label()).asLong();
    }

    /** No frame is lost or doubled, nothing was dropped, and the kernel dropped nothing at a ring. */
    void assertNothingLost() {
        await("all frames at rest", () -> {
            for (final JsonNode worker : ask("status").path("workers")) {
                final JsonNode frames = worker.path("frames");
                final long atRest = frames.path("free").asLong()
                        + frames.path("fill").asLong()
                        + frames.path("kernelRx").asLong();
                if (atRest != frames.path("total").asLong()) {
                    return false;
                }
            }
            return true;
        });
        final JsonNode counters = ask("counters").path("counters");
        assertThat(Arrays.stream(Counter.values())
                        .filter(Counter::isDrop)
                        .filter(counter -> counters.path(counter.label()).asLong() > 0))
                .as("drops in %s", counters)
                .isEmpty();
        for (final JsonNode socket : ask("status").path("sockets")) {
            assertThat(socket.path("rxDropped").asLong())
                    .as("rxDropped of %s", socket)
                    .isZero();
            assertThat(socket.path("rxRingFull").asLong())
                    .as("rxRingFull of %s", socket)
                    .isZero();
            assertThat(socket.path("rxFillRingEmpty").asLong())
                    .as("rxFillRingEmpty of %s", socket)
                    .isZero();
            assertThat(socket.path("txInvalidDescriptors").asLong())
                    .as("txInvalid of %s", socket)
                    .isZero();
        }
    }

    /** Waits for a condition, half a minute at most: a busy machine takes ten seconds to start a JVM. */
    static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs)
                    .as("waited 30 s for: %s", what)
                    .isNegative();
            LockSupport.parkNanos(POLL_NS);
        }
    }

    @Override
    public void close() {
        try {
            if (process != null) {
                process.close();
            }
            Detachment.of(InstanceDirectory.standard(), name); // where the test's process died, what it left goes on
        } finally {
            backends.forEach(EchoBackend::close);
            if (lab != null) {
                lab.close();
            }
            delete();
        }
    }

    private void delete() {
        try (var files = Files.walk(folder)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
