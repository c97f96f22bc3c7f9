package io.fastpath.kernelbpf.layout;

/**
 * How a service picks backends for new flows. The table is made by the control thread; engines ask only how to look into it.
 * C twin: {@code enum fp_algorithm}.
 */
public enum Algorithm {
    /** A Maglev table at the hash. */
    MAGLEV("maglev"),

    /** A table of the highest random weights at the hash: a change moves no flow but those it must. */
    RENDEZVOUS("rendezvous"),

    /** Backends in turn. */
    WEIGHTED_ROUND_ROBIN("weighted-round-robin"),

    /** A Maglev table at the hash, made anew some times a second, in which those with fewest open flows have most slots. */
    WEIGHTED_LEAST_CONNECTIONS("weighted-least-connections"),

    /** Of two entries of a Maglev table the one with fewer open flows. */
    RANDOM_OF_TWO("random-of-two");

    private static final Algorithm[] VALUES = values();

    private final String label;

    Algorithm(final String label) {
        this.label = label;
    }

    /**
     * The number that stands in shared memory.
     *
     * @return from 0
     */
    public int code() {
        return ordinal();
    }

    /**
     * The name that configurations use.
     *
     * @return in lower case with dashes
     */
    public String label() {
        return label;
    }

    /**
     * The algorithm of a code.
     *
     * @param code as {@link #code()} gave
     * @return the algorithm
     * @throws IllegalArgumentException for an unknown code
     */
    public static Algorithm ofCode(final int code) {
        if (code < 0 || code >= VALUES.length) {
            throw new IllegalArgumentException("algorithm code " + code + " is not one of 0.." + (VALUES.length - 1));
        }
        return VALUES[code];
    }
}
