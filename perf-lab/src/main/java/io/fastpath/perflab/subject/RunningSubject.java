package io.fastpath.perflab.subject;

import java.util.Optional;

/** A subject that forwards, until it is closed. Owned by one thread. */
public interface RunningSubject extends AutoCloseable {
    /**
     * Check that it still runs.
     *
     * @throws io.fastpath.fastpath.lab.LabException with its last words if not.
     */
    void checkAlive();

    /** {@return what its engines have done so far; empty of a subject that has none} */
    default Optional<EngineCounts> engineCounts() {
        return Optional.empty();
    }

    /** Stop it, and take off the topology what it has put there. */
    @Override
    void close();
}
