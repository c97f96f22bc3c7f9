package io.fastpath.fastpath.config;

/** When SYNs are answered with cookies. */
public enum SynCookieMode {
    /** Every SYN that may is let in. */
    NEVER("never"),

    /** Those beyond a rate are answered with cookies. */
    AUTO("auto"),

    /** All are. */
    ALWAYS("always");

    private final String label;

    SynCookieMode(final String label) {
        this.label = label;
    }

    /** {@return the word in the configuration} */
    public String label() {
        return label;
    }
}
