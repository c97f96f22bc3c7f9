package io.fastpath.perflab.throughput;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.perflab.environment.CpuPressure;
import io.fastpath.perflab.subject.EngineCounts;
import io.fastpath.perflab.subject.RunningSubject;
import io.fastpath.perflab.subject.Subject;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.Sink;
import io.fastpath.perflab.traffic.SinkCounters;
import io.fastpath.perflab.traffic.TrafficGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Measures subjects by turns (A B A B) on one topology: each is started, must deliver, is warmed up under the load,
 * measured under the same load, and stopped, so that what changes on the machine meets all of them alike.
 *
 * <p>Owned by one thread; only {@link #abandon()} may be called by another.
 */
public final class ThroughputComparison {
    /** Loads a service's worth of flows without flooding a subject that is starting. */
    private static final long TRICKLE_PACKETS_PER_SECOND = 10_000;

    /** A Java process on a busy machine begins to forward within this, or never. */
    private static final long DELIVERY_LIMIT_MS = 30_000;

    /** A balancer that has opened no flow for so long, under full load, opens no more: ports or table are full. */
    private static final long FILL_LIMIT_MS = 5_000;

    private static final long FILL_POLL_MS = 500;
    private static final long POLL_MS = 20;
    private static final double NS_PER_SECOND = 1e9;

    private final Topology topology;
    private final TrafficGenerator generator;
    private final Sink sink;
    private final Consumer<Round> progress;
    private final AtomicReference<RunningSubject> current = new AtomicReference<>();

    /**
     * A comparison.
     *
     * @param topology on which nothing forwards.
     * @param generator at its one end, not sending.
     * @param sink at its other end.
     * @param progress is told of each round when it is done.
     */
    public ThroughputComparison(
            final Topology topology,
            final TrafficGenerator generator,
            final Sink sink,
            final Consumer<Round> progress) {
        this.topology = topology;
        this.generator = generator;
        this.sink = sink;
        this.progress = progress;
    }

    /**
     * Measure.
     *
     * @param subjects in the order of their turns.
     * @param plan of the measurements.
     * @return the rounds, in the order in which they ran.
     * @throws LabException if a subject can't be started, delivers nothing, ends early or leaves something behind.
     */
    public List<Round> run(final List<Subject> subjects, final ThroughputPlan plan) {
        final List<Round> rounds = new ArrayList<>();
        for (int number = 1; number <= plan.roundCount(); number++) {
            for (final Subject subject : subjects) {
                final Round round = measure(subject, number, plan);
                progress.accept(round);
                rounds.add(round);
            }
        }
        return rounds;
    }

    /** Stop the subject that is running, if one is, so that it can clean up before the topology goes. Any thread. */
    public void abandon() {
        final RunningSubject running = current.getAndSet(null);
        if (running != null) {
            running.close();
        }
    }

    private Round measure(final Subject subject, final int number, final ThroughputPlan plan) {
        sink.expect(subject.delivery(topology));
        current.set(subject.start(topology));
        try {
            generator.start(plan.traffic(), TRICKLE_PACKETS_PER_SECOND);
            awaitDelivery(subject);
            generator.pace(plan.offeredPacketsPerSecond());
            pass(plan.warmUpMs());
            awaitFlows(plan.traffic().flowCount());
            return measureRunning(subject, number, plan);
        } finally {
            try {
                generator.stop();
            } finally {
                abandon();
            }
            topology.checkNoXdp();
        }
    }

    private Round measureRunning(final Subject subject, final int number, final ThroughputPlan plan) {
        final Optional<EngineCounts> countsBefore = engineCounts();
        final CpuPressure pressure = new CpuPressure();
        final long sentBefore = generator.sentCount();
        final SinkCounters before = sink.counters();
        pass(plan.measureMs());
        final long sent = generator.sentCount() - sentBefore;
        final SinkCounters seen = sink.counters().since(before);
        final double cpuPressure = pressure.share();
        checkAlive();
        final Optional<EngineCounts> counts = engineCounts().flatMap(after -> countsBefore.map(after::since));
        final double seconds = seen.atNs() / NS_PER_SECOND;
        return new Round(
                number,
                subject.name(),
                plan.traffic().flowCount(),
                plan.traffic().frameLength(),
                seconds,
                sent / seconds,
                seen.packets() / seconds,
                seen.sampled(),
                seen.misdirected(),
                seen.badChecksum(),
                counts.orElse(null),
                cpuPressure);
    }

    private void awaitDelivery(final Subject subject) {
        final long before = sink.counters().packets();
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DELIVERY_LIMIT_MS);
        while (sink.counters().packets() == before) {
            checkAlive();
            generator.sentCount();
            if (System.nanoTime() > deadlineNs) {
                throw new LabException(subject.name() + " delivered nothing within " + DELIVERY_LIMIT_MS + " ms");
            }
            pass(POLL_MS);
        }
    }

    /** Waits until a balancer has opened all flows, or opens no more; how many there are is told with the round. */
    private void awaitFlows(final int flowCount) {
        long grownNs = System.nanoTime();
        long open = openFlows();
        while (open < flowCount && System.nanoTime() - grownNs < TimeUnit.MILLISECONDS.toNanos(FILL_LIMIT_MS)) {
            checkAlive();
            pass(FILL_POLL_MS);
            final long before = open;
            open = openFlows();
            if (open > before) {
                grownNs = System.nanoTime();
            }
        }
    }

    private long openFlows() {
        return engineCounts().map(EngineCounts::openFlows).orElse(Long.MAX_VALUE);
    }

    private Optional<EngineCounts> engineCounts() {
        final RunningSubject running = current.get();
        return running == null ? Optional.empty() : running.engineCounts();
    }

    private void checkAlive() {
        final RunningSubject running = current.get();
        if (running == null) {
            throw new LabException("stopped before the end");
        }
        running.checkAlive();
    }

    private static void pass(final long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (final InterruptedException ex) {
            throw LabException.interrupted("a measurement", ex);
        }
    }
}
