package io.fastpath.fastpath.config;

/** How an interface's sockets shall be bound. The labels are the words of the configuration. */
public enum InterfaceMode {
    /** The best that the driver gives: zero-copy, else copy, else generic; what was taken stands in {@code status}. */
    AUTO("auto"),

    /** Native XDP and {@code XDP_ZEROCOPY}, or an error. */
    ZEROCOPY("zerocopy"),

    /** Native XDP and {@code XDP_COPY}, or an error. */
    COPY("copy"),

    /** XDP behind the kernel's socket buffers ({@code XDP_FLAGS_SKB_MODE}): every driver, slowest. */
    GENERIC("generic");

    private final String label;

    InterfaceMode(final String label) {
        this.label = label;
    }

    /** {@return the word in the configuration} */
    public String label() {
        return label;
    }
}
