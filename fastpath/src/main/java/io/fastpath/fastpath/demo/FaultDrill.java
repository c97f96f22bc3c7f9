package io.fastpath.fastpath.demo;

import io.fastpath.fastpath.lab.BalancerProcess;
import io.fastpath.fastpath.lab.Flood;
import io.fastpath.fastpath.lab.GarbageStorm;
import io.fastpath.fastpath.lab.SameJava;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts the balancer, does a fault to it, and undoes what of it can be undone. One thread at a time. */
final class FaultDrill {
    /** Live objects that each collection has to go through, and a heap with room for as many again. */
    private static final int LIVE_HEAP_MB = 400;

    private static final String STORM_FILE = "storm";
    private static final String MAIN_CLASS = "io.fastpath.fastpath.cli.Main";

    private final DemoFault fault;
    private final DemoStage stage;
    private final DemoScreen screen;
    private final List<String> fastpath;
    private final Path config;
    private BalancerProcess balancer;
    private Flood flood;
    private int startCount;
    private int takeovers;

    FaultDrill(final DemoFault fault, final DemoStage stage, final DemoScreen screen, final Path launcher) {
        this.fault = fault;
        this.stage = stage;
        this.screen = screen;
        fastpath = fault == DemoFault.GC ? stormCommand() : List.of(launcher.toString());
        config = stage.write("demo.yaml", DemoConfig.forFaults(stage.name(), stage.lab(), stage.cpu()));
    }

    /** How many processes went on with the connections of an earlier one. */
    int takeovers() {
        return takeovers;
    }

    /** The process that is the balancer now. */
    BalancerProcess balancer() {
        return balancer;
    }

    /** Starts the balancer. */
    void start() {
        balancer = stage.take(
                () -> BalancerProcess.start(fastpath, stage.lab().balancer(), config, nextLog()),
                BalancerProcess::close);
    }

    /** The fault begins. */
    void begin() {
        screen.step("FAULT: " + fault.sentence());
        switch (fault) {
            case KILL -> balancer.kill();
            case STOP -> balancer.suspend();
            case GC -> stage.write(STORM_FILE, "");
            case OVERLOAD -> {
                flood = stage.take(
                        () -> new Flood(stage.lab(), DemoConfig.FLOOD_VIP_PORT, DemoConfig.FLOOD_PORT, 1),
                        Flood::close);
                flood.start();
            }
            case UPGRADE -> upgrade();
        }
    }

    /** The fault ends. */
    void end() {
        switch (fault) {
            case KILL -> {
                screen.step("fastpath run --config demo.yaml: another process adopts the connections");
                start();
                takeovers++;
            }
            case STOP -> balancer.resume();
            case GC -> removeStorm();
            case OVERLOAD -> flood.close();
            case UPGRADE -> {
                return; // it was over with the take-over
            }
        }
        screen.step("the fault is over");
    }

    private void upgrade() {
        final BalancerProcess before = balancer;
        balancer = stage.take(
                () -> BalancerProcess.upgrade(fastpath, stage.lab().balancer(), config, nextLog()),
                BalancerProcess::close);
        before.awaitEnd();
        takeovers++;
        screen.step("the new process has taken over");
    }

    private Path nextLog() {
        return stage.file("balancer" + ++startCount + ".log");
    }

    private void removeStorm() {
        try {
            Files.delete(stage.file(STORM_FILE));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This Java as the launcher started it, with a larger heap and the storm around the main class. */
    private List<String> stormCommand() {
        return SameJava.command(
                2 * LIVE_HEAP_MB,
                GarbageStorm.class,
                stage.file(STORM_FILE).toString(),
                Integer.toString(LIVE_HEAP_MB),
                MAIN_CLASS);
    }
}
