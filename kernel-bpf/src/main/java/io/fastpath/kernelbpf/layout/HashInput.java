package io.fastpath.kernelbpf.layout;

/**
 * What of a new flow's tuple picks its backend. C twin: {@code enum fp_hash_input}; the code is the ordinal, and stands
 * in the bits {@link ServiceDescriptor#HASH_MASK} of a service's flags.
 */
public enum HashInput {
    /** Addresses, ports and protocol: connections of one client spread. */
    TUPLE("tuple"),

    /** The client's address alone: a client keeps its backend. */
    SOURCE("source"),

    /** The client's address and the destination port: a client keeps a backend for each port. */
    SOURCE_AND_PORT("source-and-port");

    private static final HashInput[] VALUES = values();

    private final String label;

    HashInput(final String label) {
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
     * The input of a code.
     *
     * @param code as {@link #code()} gave
     * @return the input
     * @throws IllegalArgumentException for an unknown code
     */
    public static HashInput ofCode(final int code) {
        if (code < 0 || code >= VALUES.length) {
            throw new IllegalArgumentException("hash code " + code + " is not one of 0.." + (VALUES.length - 1));
        }
        return VALUES[code];
    }
}
