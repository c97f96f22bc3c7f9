package io.fastpath.perflab.subject;

import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.lab.ChildProcess;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A balancer that runs. What it counts is asked as {@code fastpath counters} asks it, but without the start of a virtual
 * machine, which would take its CPU away while it is measured. Owned by one thread.
 *
 * @param process of it.
 * @param launcher {@code bin/fastpath}.
 * @param instance its name.
 */
record RunningBalancer(ChildProcess process, Path launcher, String instance) implements RunningSubject {
    private static final long TIMEOUT_MS = 10_000;

    @Override
    public void checkAlive() {
        process.checkAlive();
    }

    @Override
    public Optional<EngineCounts> engineCounts() {
        try (ControlClient client =
                ControlClient.connect(InstanceDirectory.standard().socket(instance), TIMEOUT_MS)) {
            return Optional.of(EngineCounts.of(client.ask("counters")));
        } catch (final ControlException ex) {
            throw new LabException("the balancer does not tell its counters: " + ex.getMessage(), ex);
        }
    }

    @Override
    public void close() {
        try {
            process.close();
        } finally {
            Shell.run(launcher.toString(), "detach", "--instance", instance);
        }
    }
}
