package io.fastpath.fastpath.demo;

import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.lab.BalancerProcess;
import io.fastpath.fastpath.lab.InstanceCounters;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.LabStage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The demo: builds a lab, starts the balancer in it as an operator would, lets real clients talk to real servers through
 * it, watches, and removes everything again. One thread.
 */
public final class Demo {
    private static final long CONTROL_TIMEOUT_MS = 5_000;

    private final Path launcher;
    private final int seconds;
    private final DemoScreen screen;

    /**
     * A demo, not run yet.
     *
     * @param launcher {@code bin/fastpath}
     * @param seconds that the load runs, from 1
     * @param screen to show it on
     */
    public Demo(final Path launcher, final int seconds, final DemoScreen screen) {
        this.launcher = launcher;
        this.seconds = seconds;
        this.screen = screen;
    }

    /**
     * Runs it.
     *
     * @return what was found
     * @throws LabException when the lab can't be built or the balancer does not start or end as it should
     */
    public DemoResult run() {
        try (LabStage stage = DemoBackends.stage(screen)) {
            final int cpu = stage.cpu();
            final Path config = stage.write("demo.yaml", DemoConfig.of(stage.name(), stage.lab(), cpu));
            screen.step("starting the balancer: fastpath run --config demo.yaml, one worker on CPU " + cpu);
            final BalancerProcess balancer = stage.take(
                    () -> BalancerProcess.start(
                            List.of(launcher.toString()), stage.lab().balancer(), config, stage.file("balancer.log")),
                    BalancerProcess::close);
            final DemoResult result = drive(stage);
            end(balancer, screen);
            return result;
        }
    }

    /** Ends a balancer as an operator does. */
    static void end(final BalancerProcess balancer, final DemoScreen screen) {
        screen.step("ending the balancer with SIGTERM");
        final int exitCode = balancer.stop();
        if (exitCode != 0) {
            throw new LabException(
                    "the balancer ended with exit code " + exitCode + "; its log ends: " + balancer.logEnd());
        }
    }

    private DemoResult drive(final LabStage stage) {
        screen.step("HTTP, a new connection per request, to http://" + Lab.VIP + "/ and UDP echo to " + Lab.VIP + ":"
                + DemoConfig.UDP_VIP_PORT + ", for " + seconds + " s");
        try (DemoTraffic traffic = new DemoTraffic(stage.lab());
                ControlClient control =
                        ControlClient.connect(InstanceDirectory.standard().socket(stage.name()), CONTROL_TIMEOUT_MS)) {
            traffic.start();
            for (int second = 1; second <= seconds; second++) {
                pauseUntil(traffic.startNs() + TimeUnit.SECONDS.toNanos(second));
                screen.tick(second, traffic.http(), traffic.udp(), control.ask("backends"), control.ask("status"));
            }
            traffic.finish();
            final DemoResult result = traffic.result(InstanceCounters.of(stage.name()));
            screen.summary(result, control.ask("backends"), control.ask("status"));
            return result;
        } catch (final ControlException e) {
            throw new LabException("the balancer's control socket: " + e.getMessage(), e);
        }
    }

    static void pauseUntil(final long timeNs) {
        try {
            TimeUnit.NANOSECONDS.sleep(timeNs - System.nanoTime());
        } catch (final InterruptedException e) {
            throw LabException.interrupted("the next second", e);
        }
    }
}
