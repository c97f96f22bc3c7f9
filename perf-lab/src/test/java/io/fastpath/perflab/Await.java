package io.fastpath.perflab;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Bounded waiting for a condition. */
public final class Await {
    private static final long LIMIT_MS = 20_000;
    private static final long POLL_MS = 5;

    private Await() {}

    /**
     * Poll a condition until it holds, for 20 s at most.
     *
     * @param what is awaited, for the failure's text.
     * @param condition to hold.
     */
    public static void until(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("not within " + LIMIT_MS + " ms: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
        }
    }
}
