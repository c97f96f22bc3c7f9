package io.fastpath.perflab.faults;

import io.fastpath.fastpath.control.CountersReport;
import io.fastpath.fastpath.lab.DatagramProbe;
import io.fastpath.fastpath.lab.DatagramReport;
import io.fastpath.fastpath.lab.Fault;
import io.fastpath.fastpath.lab.FaultDrill;
import io.fastpath.fastpath.lab.InstanceCounters;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.LabStage;
import io.fastpath.perflab.environment.CpuPressure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One stream of datagrams through one balancer that gets one kind of fault, again and again. Owned by one thread. */
final class FaultMeasurement {
    static final int BACKENDS = 2;

    private static final int STREAM_PORT = 91;
    private static final int FLOOD_PORT = 92;
    private static final int BACKEND_PORT_OFFSET = 9_000;

    private static final long NEAR_NS = 100_000_000;

    private final LabStage stage;
    private final Path launcher;
    private final FaultPlan plan;

    /**
     * A measurement.
     *
     * @param stage on which no balancer runs, with {@value #BACKENDS} backends.
     * @param launcher {@code bin/fastpath}.
     * @param plan of each run.
     */
    FaultMeasurement(final LabStage stage, final Path launcher, final FaultPlan plan) {
        this.stage = stage;
        this.launcher = launcher;
        this.plan = plan;
    }

    /**
     * Starts a balancer, measures, and ends it.
     *
     * @param engine placement.
     * @param fault to do; empty for none, which takes as long.
     * @return what it cost.
     * @throws LabException if the balancer does not start, or ends otherwise than it should.
     */
    FaultRow run(final String engine, final Optional<Fault> fault) {
        final FaultDrill drill = new FaultDrill(
                fault.orElse(Fault.STOP),
                stage,
                launcher,
                config(engine),
                new FaultDrill.FloodTarget(FLOOD_PORT, BACKEND_PORT_OFFSET + FLOOD_PORT));
        drill.start();
        try (DatagramProbe probe = DatagramProbe.start(
                stage.lab(), STREAM_PORT, BACKEND_PORT_OFFSET + STREAM_PORT, plan.packetsPerSecond())) {
            final CpuPressure pressure = new CpuPressure();
            final List<Long> beginsNs = new ArrayList<>();
            for (int i = 0; i < plan.cycles(); i++) {
                pass(plan.restMs());
                beginsNs.add(System.nanoTime());
                if (fault.isPresent()) {
                    drill.begin();
                }
                pass(plan.faultMs());
                if (fault.isPresent()) {
                    drill.end();
                }
            }
            pass(plan.restMs());
            final double cpuPressure = pressure.share();
            final DatagramReport report = probe.conclude();
            final CountersReport counters = InstanceCounters.of(stage.name());
            return new FaultRow(
                    engine,
                    fault.map(Fault::label).orElse("none"),
                    plan.cycles(),
                    report,
                    beginsNs.stream()
                            .map(ns -> report.longestGapMs(ns, ns + NEAR_NS))
                            .toList(),
                    InstanceCounters.packetsByEngine(counters),
                    InstanceCounters.drops(counters),
                    cpuPressure);
        } finally {
            drill.balancer().close();
        }
    }

    private String config(final String engine) {
        return """
                instance: %s
                interfaces:
                  - {name: front, queues: all, mode: auto, checksum: incremental}
                  - {name: back, queues: all, mode: auto, checksum: incremental}
                workers: {cpus: [%d], idle: backoff}
                engine: %s
                onExit: detach
                flows: {capacity: 65536}
                snat: {addresses: [10.8.0.1], ports: 1024-65535}
                services:
                """.formatted(stage.name(), stage.cpu(), engine)
                + service("stream", STREAM_PORT)
                + service("flood", FLOOD_PORT);
    }

    private static String service(final String name, final int port) {
        return """
                  - name: %s
                    vip: %s
                    port: %d
                    protocol: udp
                    forwarding: full-nat
                    backends:
                """.formatted(name, Lab.VIP, port)
                + IntStream.rangeClosed(1, BACKENDS)
                        .mapToObj(number -> "      - {address: %s, port: %d}%n"
                                .formatted(Lab.backendAddress(number), BACKEND_PORT_OFFSET + port))
                        .collect(Collectors.joining());
    }

    private static void pass(final long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (final InterruptedException ex) {
            throw LabException.interrupted("a measurement", ex);
        }
    }
}
