package io.fastpath.lb.service;

import io.fastpath.lb.Endpoint;

/**
 * The ports of a service: one, a range, or all. Immutable; any thread.
 *
 * @param first in host order, 1 to 65535
 * @param last not below {@code first}
 */
public record Ports(int first, int last) {
    /** All ports. */
    public static final Ports ANY = new Ports(1, Endpoint.PORT_MAX);

    /**
     * Checks the ports.
     *
     * @throws IllegalArgumentException that says what is allowed
     */
    public Ports {
        if (first < 1 || last < first || last > Endpoint.PORT_MAX) {
            final String ports = first == last ? "port " + first : "ports " + first + "-" + last;
            throw new IllegalArgumentException(ports + " is not in 1.." + Endpoint.PORT_MAX + ", lowest first");
        }
    }

    /**
     * One port.
     *
     * @param port in host order
     * @return it
     */
    public static Ports of(final int port) {
        return new Ports(port, port);
    }

    /**
     * Whether it is one port.
     *
     * @return false for a range and for all
     */
    public boolean isSingle() {
        return first == last;
    }

    /**
     * Whether it is all ports.
     *
     * @return true for {@link #ANY}
     */
    public boolean isAny() {
        return equals(ANY);
    }

    /**
     * Whether a port is one of them.
     *
     * @param port in host order
     * @return true from first to last
     */
    public boolean contains(final int port) {
        return first <= port && port <= last;
    }

    /**
     * Whether there are ports in both.
     *
     * @param other ports
     * @return true if so
     */
    public boolean overlaps(final Ports other) {
        return first <= other.last && other.first <= last;
    }

    /**
     * The usual text.
     *
     * @return {@code 80}, {@code 8000-8100} or {@code any}
     */
    @Override
    public String toString() {
        if (isAny()) {
            return "any";
        }
        return isSingle() ? Integer.toString(first) : first + "-" + last;
    }
}
