package io.fastpath.perflab.subject;

import io.fastpath.fastpath.lab.ChildProcess;

/**
 * A subject that is a process. Owned by one thread.
 *
 * @param process that forwards.
 * @param cleanUp to run when it has ended, even if it did not end well.
 */
record SubjectProcess(ChildProcess process, Runnable cleanUp) implements RunningSubject {
    @Override
    public void checkAlive() {
        process.checkAlive();
    }

    @Override
    public void close() {
        try {
            process.close();
        } finally {
            cleanUp.run();
        }
    }
}
