package io.fastpath.fastpath.engineraces;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Does something again and again in a thread of its own, until it is closed; {@link #close()} throws what it threw. */
final class BackgroundLoop implements AutoCloseable {
    private static final long JOIN_LIMIT_MS = TimeUnit.SECONDS.toMillis(10);

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean isRunning = true;
    private volatile int turns;

    /** The action is given the number of its turn, from 0. */
    BackgroundLoop(final IntConsumer action) {
        thread = new Thread(() -> run(action), "background-loop");
        thread.setDaemon(true);
        thread.start();
    }

    int turns() {
        return turns;
    }

    @Override
    public void close() {
        isRunning = false;
        try {
            thread.join(JOIN_LIMIT_MS);
        } catch (final InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        if (thread.isAlive() || failure.get() != null) {
            throw new AssertionError("the loop in the background hangs or failed", failure.get());
        }
    }

    private void run(final IntConsumer action) {
        try {
            for (int turn = 0; isRunning; turn++) {
                action.accept(turn);
                turns = turn + 1;
            }
        } catch (final RuntimeException | Error e) {
            failure.set(e);
        }
    }
}
