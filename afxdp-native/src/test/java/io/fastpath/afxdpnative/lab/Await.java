package io.fastpath.afxdpnative.lab;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Bounded polling of a condition. */
public final class Await {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

    private Await() {}

    /** Look every 100 microseconds until it holds; an AssertionError names it after 30 seconds. */
    public static void until(final String what, final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new AssertionError("not within 30 s: " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
