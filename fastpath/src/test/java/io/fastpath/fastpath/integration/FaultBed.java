package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.control.CountersReport;
import io.fastpath.fastpath.lab.DatagramProbe;
import io.fastpath.fastpath.lab.DatagramReport;
import io.fastpath.fastpath.lab.InstanceCounters;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.fastpath.lab.StreamBackend;
import io.fastpath.fastpath.lab.StreamLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A balancer that carries held connections, new connections and a constant stream of datagrams while a fault befalls it;
 * {@link #assertNothingBroke} tells whether one of them noticed.
 */
final class FaultBed implements AutoCloseable {
    static final int HELD = 300;
    static final int FLOOD_VIP_PORT = 92;
    static final int FLOOD_PORT = 9002;

    private static final int NEW_PER_SECOND = 100;
    private static final int STREAM_VIP_PORT = 90;
    private static final int STREAM_PORT = 9000;
    private static final int DATAGRAM_VIP_PORT = 91;
    private static final int DATAGRAM_PORT = 9001;
    private static final int DATAGRAMS_PER_SECOND = 1_000;
    private static final int SOME_NEW = 50;

    private final TestBalancer balancer = TestBalancer.lab(1);
    private final List<StreamBackend> backends = new ArrayList<>();
    private StreamLoad load;
    private DatagramProbe datagrams;

    FaultBed() {
        boolean built = false;
        try {
            for (int i = 1; i <= 2; i++) {
                backends.add(StreamBackend.start(i, balancer.lab().backend(i), STREAM_PORT, Lab.backendAddress(i)));
            }
            load = new StreamLoad(balancer.lab().client(), Lab.VIP, STREAM_VIP_PORT, HELD, NEW_PER_SECOND);
            built = true;
        } finally {
            if (!built) {
                close();
            }
        }
    }

    /** The configuration with all backends, or only some. */
    String yaml(final int... backendNumbers) {
        final int[] numbers = backendNumbers.length == 0 ? new int[] {1, 2} : backendNumbers;
        return balancer.head("1")
                + service("stream", STREAM_VIP_PORT, "tcp", STREAM_PORT, numbers)
                + service("datagram", DATAGRAM_VIP_PORT, "udp", DATAGRAM_PORT, numbers)
                + service("flood", FLOOD_VIP_PORT, "udp", FLOOD_PORT, numbers);
    }

    private static String service(
            final String name, final int port, final String protocol, final int backendPort, final int... numbers) {
        final List<String> backends = IntStream.of(numbers)
                .mapToObj(i -> "      - {address: %s, port: %d}%n".formatted(Lab.backendAddress(i), backendPort))
                .toList();
        return """
                  - name: %s
                    vip: %s
                    port: %d
                    protocol: %s
                    forwarding: full-nat
                    backends:
                """.formatted(name, Lab.VIP, port, protocol) + String.join("", backends);
    }

    /** Starts the load on a balancer that is started; all held connections are open then. */
    FaultBed drive() {
        load.start();
        datagrams = DatagramProbe.start(balancer.lab(), DATAGRAM_VIP_PORT, DATAGRAM_PORT, DATAGRAMS_PER_SECOND);
        TestBalancer.await(HELD + " connections", () -> load.open() == HELD || load.failures() > 0);
        more();
        return this;
    }

    TestBalancer balancer() {
        return balancer;
    }

    StreamLoad load() {
        return load;
    }

    /** Lets some new connections come and go, and every held one carry some blocks. */
    void more() {
        final long ended = load.ended() + SOME_NEW;
        final long blocks = load.checkedBlocks() + 4 * HELD;
        TestBalancer.await(
                "connections and blocks",
                () -> load.ended() >= ended && load.checkedBlocks() >= blocks || load.failures() > 0);
    }

    /** Lets the load run. */
    void run(final long ms) {
        final long startNs = System.nanoTime();
        TestBalancer.await("the load's time", () -> System.nanoTime() - startNs > TimeUnit.MILLISECONDS.toNanos(ms));
    }

    /** A signal to the balancer's process. */
    void signal(final String name) {
        Shell.run("kill", "-" + name, Long.toString(balancer.process().pid()));
    }

    /** Packets that the kernel engine forwarded, from the tables, whether the process lives or not. */
    long kernelForwarded() {
        return InstanceCounters.packetsByEngine(counters()).get("kernel");
    }

    /** What the balancer dropped, by reason. */
    Map<String, Long> drops() {
        return InstanceCounters.drops(counters());
    }

    CountersReport counters() {
        return InstanceCounters.of(balancer.name());
    }

    /**
     * Ends the load, and finds every connection whole: none refused, reset or stuck, and every byte as it was sent.
     *
     * @return what became of the datagrams
     */
    DatagramReport assertNothingBroke() {
        assertThat(load.failures()).as(this::story).isZero();
        assertThat(load.open()).as(this::story).isEqualTo(HELD);
        final DatagramReport report = datagrams.conclude();
        load.finish();
        assertThat(load.failures()).as(this::story).isZero();
        assertThat(backends).as(this::story).allMatch(backend -> backend.broken() == 0);
        return report;
    }

    private String story() {
        return "first failure: " + load.firstFailure() + "; dropped " + drops() + "; " + summary() + "; the log ends: "
                + balancer.process().logEnd();
    }

    /** The load in figures. */
    String summary() {
        return "%d connections ended in order, %d blocks and %d bytes checked, longest wait %.0f ms (the clients' own pause %.0f ms)"
                .formatted(
                        load.ended(),
                        load.checkedBlocks(),
                        load.checkedBytes(),
                        load.longestWaitMs(),
                        load.longestPauseMs());
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
        if (datagrams != null) {
            datagrams.close();
        }
        backends.forEach(StreamBackend::close);
        balancer.close();
    }
}
