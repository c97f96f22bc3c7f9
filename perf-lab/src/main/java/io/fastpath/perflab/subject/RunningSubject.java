package io.fastpath.perflab.subject;

/** A subject that forwards, until it is closed. Owned by one thread. */
public interface RunningSubject extends AutoCloseable {
    /**
     * Check that it still runs.
     *
     * @throws io.fastpath.fastpath.lab.LabException with its last words if not.
     */
    void checkAlive();

    /** Stop it, and take off the topology what it has put there. */
    @Override
    void close();
}
