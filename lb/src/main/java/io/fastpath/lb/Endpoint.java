package io.fastpath.lb;

import java.util.Comparator;

/**
 * An address with a port. Immutable; any thread. Ordered by address, then port.
 *
 * @param address of the host
 * @param port in host order, 0 to 65535
 */
public record Endpoint(Address address, int port) implements Comparable<Endpoint> {
    /** Highest port. */
    public static final int PORT_MAX = 0xffff;

    private static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port);

    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException for a port outside 0 to 65535
     */
    public Endpoint {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port " + port + " of " + address + " is not in 0.." + PORT_MAX);
        }
    }

    /**
     * A port as it stands in a packet's memory, read as a native (little-endian) u16.
     *
     * @param port in host order
     * @return in network order, 0 to 65535
     */
    public static int portBe(final int port) {
        return Short.reverseBytes((short) port) & 0xffff;
    }

    /**
     * The port in network order.
     *
     * @return as {@link #portBe(int)} says
     */
    public int portBe() {
        return portBe(port);
    }

    @Override
    public int compareTo(final Endpoint other) {
        return ORDER.compare(this, other);
    }

    /**
     * The usual text.
     *
     * @return {@code 10.0.0.1:80} or {@code [2001:db8::1]:80}
     */
    @Override
    public String toString() {
        return (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + port;
    }
}
