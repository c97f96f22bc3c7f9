package io.fastpath.fastpath.config;

/** What is done with the L4 checksum of packets that arrive at an interface. */
public enum ChecksumMode {
    /** Updated by the difference (RFC 1624): the sender's errors stay visible to the receiver. */
    INCREMENTAL("incremental"),

    /** Computed anew over the whole packet: for senders on this machine whose checksum offload never reached a wire. */
    RECOMPUTE("recompute");

    private final String label;

    ChecksumMode(final String label) {
        this.label = label;
    }

    /** {@return the word in the configuration} */
    public String label() {
        return label;
    }
}
