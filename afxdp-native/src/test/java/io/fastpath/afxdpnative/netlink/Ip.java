package io.fastpath.afxdpnative.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses of literals, for tests. */
public final class Ip {
    private Ip() {}

    /** {@return the address of a literal such as 10.0.0.1 or fe80::1} @param literal to read. */
    public static IpAddress ip(final String literal) {
        try {
            return IpAddress.of(InetAddress.getByName(literal).getAddress());
        } catch (final UnknownHostException ex) {
            throw new IllegalArgumentException(ex);
        }
    }

    /** {@return the prefix length in the mapped form} @param literal tells the family. @param length as written. */
    static int bits(final String literal, final int length) {
        return literal.contains(":") ? length : length + 96;
    }
}
