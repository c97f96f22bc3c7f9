package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.agrona.concurrent.Agent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes {@code engine: auto} more than a choice at the start: four times a second it looks how much is forwarded and whether
 * a receiving CPU has time left, and lets workers share the load where that forwards more ({@link LoadTrial}). A thread
 * of its own.
 */
final class AutoBalance implements Agent {
    /** How long the thread sleeps between two looks. */
    static final long TICK_MS = 250;

    private static final Logger LOGGER = LoggerFactory.getLogger(AutoBalance.class);
    private static final Path STAT = Path.of("/proc/stat");
    private static final double NS_PER_SECOND = 1e9;

    private final Placement placement;
    private final CounterReader counters;
    private final CpuTimes cpus;
    private LoadTrial trial = new LoadTrial();
    private boolean wasSharing;
    private long lastNs = System.nanoTime();
    private long lastForwarded;

    /**
     * A balance over an instance that forwards.
     *
     * @param placement to change while it is automatic
     * @param counters of the instance
     * @param workerCpus busy by design
     */
    AutoBalance(final Placement placement, final CounterReader counters, final Set<Integer> workerCpus) {
        this.placement = placement;
        this.counters = counters;
        cpus = new CpuTimes(workerCpus);
        lastForwarded = forwarded();
    }

    @Override
    public int doWork() throws IOException {
        final long nowNs = System.nanoTime();
        final long forwarded = forwarded();
        final double rate = (forwarded - lastForwarded) * NS_PER_SECOND / Math.max(1, nowNs - lastNs);
        lastNs = nowNs;
        lastForwarded = forwarded;
        if (!placement.isBalanced()) {
            trial = new LoadTrial();
            wasSharing = false;
            return 0;
        }
        placement.share(trial.tick(nowNs, rate, cpus.isOneSaturated(Files.readAllLines(STAT))));
        tell();
        return 0; // and so the thread sleeps
    }

    @Override
    public String roleName() {
        return "fastpath-auto";
    }

    private long forwarded() {
        return counters.total(Counter.FORWARDED_REQUEST) + counters.total(Counter.FORWARDED_REPLY);
    }

    private void tell() {
        if (trial.isSharing() != wasSharing) {
            wasSharing = trial.isSharing();
            if (wasSharing) {
                LOGGER.info(
                        "engine auto: a receiving CPU is saturated, and workers help: {} packets/s instead of {}",
                        Math.round(trial.triedRate()),
                        Math.round(trial.heldRate()));
            } else {
                LOGGER.info("engine auto: known connections stay in the kernel again");
            }
        }
    }
}
