package io.fastpath.fastpath.config;

/** What becomes of the traffic when the process is told to end. */
public enum ExitMode {
    /** The kernel engine goes on alone, until another process adopts the instance or `fastpath detach` ends it. */
    HANDOVER("handover"),

    /** Everything is given back: the traffic is the kernel's again, and connections end. */
    DETACH("detach");

    private final String label;

    ExitMode(final String label) {
        this.label = label;
    }

    /** {@return the word in the configuration} */
    public String label() {
        return label;
    }
}
