package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts a balancer, does a fault to it, and undoes what of it can be undone. One thread at a time. */
public final class FaultDrill {
    /** Live objects that each collection has to go through, and a heap with room for as many again. */
    private static final int LIVE_HEAP_MB = 400;

    private static final String STORM_FILE = "storm";
    private static final String MAIN_CLASS = "io.fastpath.fastpath.cli.Main";

    private final Fault fault;
    private final LabStage stage;
    private final List<String> fastpath;
    private final Path config;
    private final FloodTarget target;
    private BalancerProcess balancer;
    private Flood flood;
    private int startCount;
    private int takeovers;

    /**
     * UDP ports for {@link Fault#OVERLOAD}.
     *
     * @param servicePort at the VIP
     * @param backendPort at the backends
     */
    public record FloodTarget(int servicePort, int backendPort) {}

    /**
     * A drill; nothing runs yet.
     *
     * @param fault to do
     * @param stage where, and what gives everything back
     * @param launcher {@code bin/fastpath}
     * @param configText of the balancer
     * @param target of a flood
     */
    public FaultDrill(
            final Fault fault,
            final LabStage stage,
            final Path launcher,
            final String configText,
            final FloodTarget target) {
        this.fault = fault;
        this.stage = stage;
        this.target = target;
        fastpath = fault == Fault.GC ? stormCommand() : List.of(launcher.toString());
        config = stage.write("fastpath.yaml", configText);
    }

    /** {@return how many processes went on with the connections of an earlier one} */
    public int takeovers() {
        return takeovers;
    }

    /** {@return the process that is the balancer now} */
    public BalancerProcess balancer() {
        return balancer;
    }

    /** Starts the balancer. */
    public void start() {
        balancer = stage.take(
                () -> BalancerProcess.start(fastpath, stage.lab().balancer(), config, nextLog()),
                BalancerProcess::close);
    }

    /** The fault begins. */
    public void begin() {
        switch (fault) {
            case KILL -> balancer.kill();
            case STOP -> balancer.suspend();
            case GC -> stage.write(STORM_FILE, "");
            case OVERLOAD -> {
                flood = stage.take(
                        () -> new Flood(stage.lab(), target.servicePort(), target.backendPort(), 1), Flood::close);
                flood.start();
            }
            case UPGRADE -> upgrade();
        }
    }

    /** The fault ends. */
    public void end() {
        switch (fault) {
            case KILL -> {
                stage.step("fastpath run: another process adopts the connections");
                start();
                takeovers++;
            }
            case STOP -> balancer.resume();
            case GC -> removeStorm();
            case OVERLOAD -> flood.close();
            case UPGRADE -> stage.step("the new process has taken over");
        }
    }

    private void upgrade() {
        final BalancerProcess before = balancer;
        balancer = stage.take(
                () -> BalancerProcess.upgrade(fastpath, stage.lab().balancer(), config, nextLog()),
                BalancerProcess::close);
        before.awaitEnd();
        takeovers++;
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
                List.of(),
                2 * LIVE_HEAP_MB,
                GarbageStorm.class,
                stage.file(STORM_FILE).toString(),
                Integer.toString(LIVE_HEAP_MB),
                MAIN_CLASS);
    }
}
