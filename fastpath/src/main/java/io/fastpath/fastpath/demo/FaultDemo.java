package io.fastpath.fastpath.demo;

import io.fastpath.fastpath.control.CountersReport;
import io.fastpath.fastpath.lab.DatagramProbe;
import io.fastpath.fastpath.lab.DatagramReport;
import io.fastpath.fastpath.lab.Fault;
import io.fastpath.fastpath.lab.FaultDrill;
import io.fastpath.fastpath.lab.InstanceCounters;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.LabStage;
import io.fastpath.fastpath.lab.StreamBackend;
import io.fastpath.fastpath.lab.StreamLoad;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * The demo with a fault: connections are held and new ones opened while something befalls the balancer in the middle
 * third of the time. One thread watches, another one does the fault.
 */
public final class FaultDemo {
    /** Below this there is no time for a fault in the middle. */
    public static final int LEAST_SECONDS = 6;

    private static final int HELD = 200;
    private static final int NEW_PER_SECOND = 50;
    private static final int DATAGRAMS_PER_SECOND = 1_000;
    private static final long OPEN_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    private final Path launcher;
    private final int seconds;
    private final Fault fault;
    private final DemoScreen screen;

    /**
     * A demo, not run yet.
     *
     * @param launcher {@code bin/fastpath}
     * @param seconds that the load runs, from {@link #LEAST_SECONDS}
     * @param fault to do
     * @param screen to show it on
     */
    public FaultDemo(final Path launcher, final int seconds, final Fault fault, final DemoScreen screen) {
        this.launcher = launcher;
        this.seconds = seconds;
        this.fault = fault;
        this.screen = screen;
    }

    /**
     * Runs it.
     *
     * @return what was found
     * @throws LabException when the lab can't be built or the balancer does not start or end as it should
     */
    public FaultResult run() {
        try (LabStage stage = DemoBackends.stage(screen)) {
            for (int i = 1; i <= DemoBackends.COUNT; i++) {
                final int number = i;
                stage.take(
                        () -> StreamBackend.start(
                                number,
                                stage.lab().backend(number),
                                DemoConfig.STREAM_PORT,
                                Lab.backendAddress(number)),
                        StreamBackend::close);
            }
            final FaultDrill drill = new FaultDrill(
                    fault,
                    stage,
                    launcher,
                    DemoConfig.forFaults(stage.name(), stage.lab(), stage.cpu()),
                    new FaultDrill.FloodTarget(DemoConfig.FLOOD_VIP_PORT, DemoConfig.FLOOD_PORT));
            screen.step("starting the balancer: fastpath run --config fastpath.yaml, one worker on CPU " + stage.cpu());
            drill.start();
            final FaultResult result = drive(stage, drill);
            Demo.end(drill.balancer(), screen);
            return result;
        }
    }

    private FaultResult drive(final LabStage stage, final FaultDrill drill) {
        screen.step(HELD + " connections held open with checksummed blocks, " + NEW_PER_SECOND
                + " new ones a second, HTTP, UDP, for " + seconds + " s");
        try (DemoTraffic traffic = new DemoTraffic(stage.lab());
                StreamLoad streams = new StreamLoad(
                        stage.lab().client(), Lab.VIP, DemoConfig.STREAM_VIP_PORT, HELD, NEW_PER_SECOND)) {
            streams.start();
            awaitHeld(streams);
            final DatagramProbe datagrams = stage.take(
                    () -> DatagramProbe.start(
                            stage.lab(), DemoConfig.DATAGRAM_VIP_PORT, DemoConfig.DATAGRAM_PORT, DATAGRAMS_PER_SECOND),
                    DatagramProbe::close);
            traffic.start();
            watch(stage, drill, traffic, streams);
            final int open = streams.open();
            final DatagramReport report = datagrams.conclude();
            traffic.finish();
            streams.finish();
            final FaultResult result = result(stage, drill, traffic, streams, open, report);
            new FaultScreen(screen).summary(result);
            return result;
        }
    }

    private static void awaitHeld(final StreamLoad streams) {
        final long startNs = System.nanoTime();
        while (streams.open() < HELD) {
            if (streams.failures() > 0 || System.nanoTime() - startNs > OPEN_LIMIT_NS) {
                throw new LabException(
                        "only " + streams.open() + " connections could be opened: " + streams.firstFailure());
            }
            Demo.pauseUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private void watch(
            final LabStage stage, final FaultDrill drill, final DemoTraffic traffic, final StreamLoad streams) {
        final FutureTask<Void> task = new FutureTask<>(
                () -> {
                    Demo.pauseUntil(traffic.startNs() + TimeUnit.SECONDS.toNanos(seconds) / 3);
                    screen.step("FAULT: " + fault.sentence());
                    drill.begin();
                    Demo.pauseUntil(traffic.startNs() + TimeUnit.SECONDS.toNanos(seconds) * 2 / 3);
                    drill.end();
                    screen.step("the fault is over");
                },
                null);
        final Thread thread = new Thread(task, "demo-fault");
        thread.setDaemon(true);
        thread.start();
        final FaultScreen lines = new FaultScreen(screen);
        for (int second = 1; second <= seconds || !task.isDone(); second++) {
            Demo.pauseUntil(traffic.startNs() + TimeUnit.SECONDS.toNanos(second));
            lines.tick(second, traffic, streams, InstanceCounters.of(stage.name()));
        }
        try {
            task.get();
        } catch (final InterruptedException e) {
            throw LabException.interrupted("the fault", e);
        } catch (final ExecutionException e) {
            throw new LabException("the fault: " + e.getCause().getMessage(), e);
        }
    }

    private FaultResult result(
            final LabStage stage,
            final FaultDrill drill,
            final DemoTraffic traffic,
            final StreamLoad streams,
            final int open,
            final DatagramReport report) {
        final CountersReport counters = InstanceCounters.of(stage.name());
        final DemoResult requests = traffic.result(counters);
        return new FaultResult(
                streams.firstFailure() == null ? requests : requests.withFailure(streams.firstFailure()),
                fault.label(),
                open,
                streams.ended(),
                streams.failures() + traffic.http().failures() + Math.max(0, HELD - open),
                streams.checkedBlocks(),
                streams.checkedBytes(),
                streams.longestWaitMs(),
                report.longestGapMs(),
                drill.takeovers(),
                InstanceCounters.causes(counters),
                report);
    }
}
