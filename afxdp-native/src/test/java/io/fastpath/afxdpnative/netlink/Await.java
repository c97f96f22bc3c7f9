package io.fastpath.afxdpnative.netlink;

import java.util.function.BooleanSupplier;

/** Bounded waiting for what a poll brings. */
final class Await {
    private static final long LIMIT_NS = 5_000_000_000L;
    private static final int STEP_MS = 20;

    private Await() {}

    /** Poll the view until the condition holds, at most 5 s. */
    static void polling(final NetworkView view, final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + LIMIT_NS;
        view.poll();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("not within 5 s: " + what);
            }
            view.await(STEP_MS);
            view.poll();
        }
    }
}
