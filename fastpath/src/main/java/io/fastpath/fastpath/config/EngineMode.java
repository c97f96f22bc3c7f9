package io.fastpath.fastpath.config;

/** Which engine works on packets while both can. */
public enum EngineMode {
    /** Java, and the kernel engine behind it. */
    USERSPACE("userspace"),

    /** The kernel engine for packets of known connections; Java for new ones, resets, ICMP and ARP. */
    HYBRID("hybrid"),

    /** The kernel engine; Java only controls. */
    KERNEL("kernel"),

    /** What the machine is found to be best at. */
    AUTO("auto");

    private final String label;

    EngineMode(final String label) {
        this.label = label;
    }

    /** {@return the word in the configuration} */
    public String label() {
        return label;
    }
}
