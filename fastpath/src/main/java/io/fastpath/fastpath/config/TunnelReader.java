package io.fastpath.fastpath.config;

import io.fastpath.fastpath.tables.TunnelSources;
import io.fastpath.lb.Address;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the {@code tunnels} section: what outer headers are made of. One thread. */
final class TunnelReader {
    private static final Pattern TEXT = Pattern.compile("([^/]{2,45})(?:/([1-9][0-9]{0,2}))?");
    private static final int PREFIX_MIN = 8; // no network is wider
    private static final Kind<Prefix> IPV4 = new Kind<>(
            "an IPv4 prefix of 8 to 32 bits, such as 172.16.0.0/16, or one address of the node",
            text -> prefix(text, true));
    private static final Kind<Prefix> IPV6 = new Kind<>(
            "an IPv6 prefix of 8 to 128 bits, such as 100::/64, or one address of the node",
            text -> prefix(text, false));

    private TunnelReader() {}

    /**
     * Reads the section.
     *
     * @param section of the file.
     * @return the sources; defaults where a value is missing or wrong.
     */
    static TunnelSources read(final Section section) {
        final TunnelSources defaults = TunnelSources.DEFAULT;
        final Prefix ipv4 = section.optional("ipv4Source", new Prefix(defaults.ipv4(), defaults.ipv4Length()), IPV4);
        final Prefix ipv6 = section.optional("ipv6Source", new Prefix(defaults.ipv6(), defaults.ipv6Length()), IPV6);
        final Integer guePort = section.optional("guePort", defaults.guePort(), Kinds.PORT);
        final Integer genevePort = section.optional("genevePort", defaults.genevePort(), Kinds.PORT);
        section.end();
        if (ipv4 == null || ipv6 == null || guePort == null || genevePort == null) {
            return defaults;
        }
        return new TunnelSources(ipv4.address(), ipv4.length(), ipv6.address(), ipv6.length(), guePort, genevePort);
    }

    private static Prefix prefix(final String text, final boolean isIpv4) {
        final Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        final Address address = Kinds.ADDRESS.parser().apply(matcher.group(1));
        if (address == null || address.isIpv4() != isIpv4) {
            return null;
        }
        final int bits = address.bytes().length * Byte.SIZE;
        final int length = matcher.group(2) == null ? bits : Integer.parseInt(matcher.group(2));
        return length >= PREFIX_MIN && length <= bits && hasZerosFrom(address.bytes(), length)
                ? new Prefix(address, length)
                : null;
    }

    private static boolean hasZerosFrom(final byte[] bytes, final int length) {
        for (int bit = length; bit < bytes.length * Byte.SIZE; bit++) {
            if ((bytes[bit / Byte.SIZE] & 0x80 >>> bit % Byte.SIZE) != 0) {
                return false;
            }
        }
        return true;
    }

    private record Prefix(Address address, int length) {}
}
