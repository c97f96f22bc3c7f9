package io.fastpath.perflab.throughput;

import io.fastpath.fastpath.lab.LabException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What must be done if the virtual machine is ended from outside (ctrl-C, SIGTERM) before {@link #close()}: the actions
 * run in reverse order on a thread of their own, each even if another has failed. Any thread.
 */
final class ShutdownHook implements AutoCloseable {
    private final Deque<Runnable> actions = new ConcurrentLinkedDeque<>();
    private final Thread thread = new Thread(this::runAll, "shutdown");

    private ShutdownHook() {}

    /** {@return a hook without actions yet; the caller closes it when they are no longer needed} */
    static ShutdownHook register() {
        final ShutdownHook hook = new ShutdownHook();
        Runtime.getRuntime().addShutdownHook(hook.thread);
        return hook;
    }

    /**
     * Add an action.
     *
     * @param action must be safe while the other threads go on.
     */
    void add(final Runnable action) {
        actions.push(action);
    }

    /** Forget the actions; if they run already, wait for them. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (final IllegalStateException ex) {
            await();
        }
    }

    private void runAll() {
        for (final Runnable action : actions) {
            try {
                action.run();
            } catch (final RuntimeException ex) {
                System.err.println("lab: " + ex.getMessage());
            }
        }
    }

    private void await() {
        try {
            thread.join();
        } catch (final InterruptedException ex) {
            throw LabException.interrupted("the lab to be removed", ex);
        }
    }
}
