package io.fastpath.lb.service;

/**
 * How long a client keeps its backend, and what a client is. Immutable; any thread.
 *
 * @param seconds after its last new connection; 0 for not at all
 * @param prefixBits of the client's address: all that have these in common are one client; even
 */
public record AffinitySpec(int seconds, int prefixBits) {
    /** Clients don't keep theirs. */
    public static final AffinitySpec NONE = new AffinitySpec(0, 2);

    /** Longest time: what 16 bits hold. */
    public static final int SECONDS_LIMIT = 0xffff;

    private static final int BITS_LIMIT = 128;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException that names the value and what is allowed
     */
    public AffinitySpec {
        if (seconds < 0 || seconds > SECONDS_LIMIT) {
            throw new IllegalArgumentException("affinity of " + seconds + " s is not in 0.." + SECONDS_LIMIT);
        }
        if (prefixBits < 2 || prefixBits > BITS_LIMIT || prefixBits % 2 != 0) {
            throw new IllegalArgumentException("affinity prefix of " + prefixBits + " bits is not even and in 2..128");
        }
    }

    int code() {
        return prefixBits / 2 - 1;
    }

    static AffinitySpec of(final int seconds, final int code) {
        return new AffinitySpec(seconds, 2 * (code + 1));
    }
}
