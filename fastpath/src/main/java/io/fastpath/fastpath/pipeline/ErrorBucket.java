package io.fastpath.fastpath.pipeline;

import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The bucket that limits how many ICMP errors both engines send of their own. Its one word is the time from which on it would
 * be full again: each error moves it on by a share of a second, and it must not get further ahead than a burst. Any thread.
 */
final class ErrorBucket {
    /** At once, after a silence: what Linux takes too (icmp_msgs_burst). */
    private static final int BURST = 50;

    /** Of a word that all CPUs and workers share; then the error is suppressed. */
    private static final int ATTEMPTS = 4;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final SharedMemory control;

    ErrorBucket(final SharedMemory control) {
        this.control = control;
    }

    /** Whether errors are sent at all. */
    boolean isOn() {
        return control.getInt(ControlDescriptor.ERROR_RATE_OFFSET) != 0;
    }

    /** Whether there is one more. */
    boolean take(final long nowNs) {
        final int rate = control.getInt(ControlDescriptor.ERROR_RATE_OFFSET);
        if (rate == 0) {
            return false;
        }
        final long shareNs = NS_PER_SECOND / rate;
        for (int i = 0; i < ATTEMPTS; i++) {
            final long fullNs = control.getLongAcquire(ControlDescriptor.ERROR_FULL_NS_OFFSET);
            final long fromNs = fullNs - nowNs > 0 ? fullNs : nowNs;
            if (fromNs - nowNs > (BURST - 1) * shareNs) {
                return false;
            }
            if (control.compareAndSetLong(ControlDescriptor.ERROR_FULL_NS_OFFSET, fullNs, fromNs + shareNs)) {
                return true;
            }
        }
        return false;
    }
}
