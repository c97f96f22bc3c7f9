package io.fastpath.perflab.topology;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** IPv4 addresses as an {@code int}, the first octet uppermost, so that the next address is one more. */
public final class Ipv4Address {
    private static final int LENGTH = 4;

    private Ipv4Address() {}

    /**
     * {@return an address}
     *
     * @param dotted such as {@code 10.7.0.1}.
     * @throws IllegalArgumentException if it is none.
     */
    public static int parse(final String dotted) {
        if (!dotted.matches("[0-9.]+")) {
            throw new IllegalArgumentException(dotted + " is no IPv4 address");
        }
        try {
            return ByteBuffer.wrap(Inet4Address.getByName(dotted).getAddress()).getInt();
        } catch (final UnknownHostException ex) {
            throw new IllegalArgumentException(dotted + " is no IPv4 address", ex);
        }
    }

    /**
     * {@return an address in dotted notation}
     *
     * @param address to write.
     */
    public static String format(final int address) {
        try {
            final byte[] octets = ByteBuffer.allocate(LENGTH).putInt(address).array();
            return InetAddress.getByAddress(octets).getHostAddress();
        } catch (final UnknownHostException ex) {
            throw new IllegalStateException("four octets are an address", ex);
        }
    }
}
