package io.fastpath.fastpath.config;

/** What a worker does when its rings are empty. */
public enum IdleMode {
    /** Asks again at once: lowest latency, and a CPU always at 100 %. */
    BUSY("busy"),

    /** Spins, yields, then parks for longer and longer, up to some ten microseconds. */
    BACKOFF("backoff"),

    /** Sleeps in {@code poll(2)} until the kernel has a frame: for CPUs shared with other work. */
    POLL("poll");

    private final String label;

    IdleMode(final String label) {
        this.label = label;
    }

    /** {@return the word in the configuration} */
    public String label() {
        return label;
    }
}
