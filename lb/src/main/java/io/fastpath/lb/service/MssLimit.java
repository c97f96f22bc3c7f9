package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.ServiceDescriptor;

/**
 * The largest segment size that a service lets a SYN or SYN+ACK tell. Immutable; any thread.
 *
 * @param value of {@link #LOWEST} to {@link #HIGHEST}, or that of {@link #NONE} or {@link #OF_LINKS}
 */
public record MssLimit(int value) {
    /** Linux takes no smaller one for its word (TCP_MIN_MSS). */
    public static final int LOWEST = 88;

    /** An IPv4 packet of 65,535 bytes, without its headers. */
    public static final int HIGHEST = 65_495;

    /** Any size passes. */
    public static final MssLimit NONE = new MssLimit(ServiceDescriptor.MSS_ANY);

    /** What the links of both sides leave, and a tunnel. */
    public static final MssLimit OF_LINKS = new MssLimit(ServiceDescriptor.MSS_OF_LINKS);

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException that names it and what is allowed
     */
    public MssLimit {
        if (value != ServiceDescriptor.MSS_ANY
                && value != ServiceDescriptor.MSS_OF_LINKS
                && (value < LOWEST || value > HIGHEST)) {
            throw new IllegalArgumentException("MSS " + value + " is not from " + LOWEST + " to " + HIGHEST);
        }
    }

    /** {@return as in a configuration: {@code off}, {@code clamp} or the number} */
    @Override
    public String toString() {
        return switch (value) {
            case ServiceDescriptor.MSS_ANY -> "off";
            case ServiceDescriptor.MSS_OF_LINKS -> "clamp";
            default -> String.valueOf(value);
        };
    }
}
