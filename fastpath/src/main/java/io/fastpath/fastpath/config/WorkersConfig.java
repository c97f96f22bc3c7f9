package io.fastpath.fastpath.config;

import java.util.List;

/**
 * The worker threads: one per CPU listed. Immutable.
 *
 * @param cpus the CPU of each worker, in the order of workers; never empty.
 * @param idle what a worker does when its rings are empty.
 */
public record WorkersConfig(List<Integer> cpus, IdleMode idle) {
    /** Takes a copy. */
    public WorkersConfig {
        cpus = List.copyOf(cpus);
    }
}
