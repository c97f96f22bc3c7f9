package io.fastpath.fastpath.prefilter;

import io.fastpath.lb.Address;

/**
 * An address prefix. Immutable; any thread.
 *
 * @param address whose bits beyond the length are 0.
 * @param bits the length.
 */
public record Prefix(Address address, int bits) {
    /** Bits of an IPv4 address. */
    static final int IPV4_BITS = 32;

    /** Bits of an IPv6 address. */
    static final int IPV6_BITS = 128;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException that says what is wrong
     */
    public Prefix {
        final int most = address.isIpv4() ? IPV4_BITS : IPV6_BITS;
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("the length of " + address + '/' + bits + " is not in 0.." + most);
        }
        if (!isClear(address, bits)) {
            throw new IllegalArgumentException(
                    address + "/" + bits + " has bits set beyond its length, so it is not clear what is meant");
        }
    }

    /**
     * The prefix that a text denotes.
     *
     * @param text such as {@code 192.0.2.0/24}, or a bare address, which is a prefix of its own.
     * @return the prefix
     * @throws IllegalArgumentException that says what is wrong
     */
    public static Prefix parse(final String text) {
        final int slash = text.indexOf('/');
        final Address address = Address.parse(slash < 0 ? text : text.substring(0, slash));
        if (slash < 0) {
            return new Prefix(address, address.isIpv4() ? IPV4_BITS : IPV6_BITS);
        }
        return new Prefix(address, bits(text, slash + 1));
    }

    private static int bits(final String text, final int from) {
        int bits = 0;
        for (int i = from; i < text.length(); i++) {
            final int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i >= from + 3) {
                throw new IllegalArgumentException("\"" + text + "\" has no decimal length after its '/'");
            }
            bits = bits * 10 + digit;
        }
        if (from == text.length()) {
            throw new IllegalArgumentException("\"" + text + "\" has no length after its '/'");
        }
        return bits;
    }

    private static boolean isClear(final Address address, final int bits) {
        final int all = address.isIpv4() ? bits + IPV6_BITS - IPV4_BITS : bits;
        final long high = Long.reverseBytes(address.word0());
        final long low = Long.reverseBytes(address.word1());
        if (all >= Long.SIZE) {
            return all == IPV6_BITS || (low & -1L >>> (all - Long.SIZE)) == 0;
        }
        return low == 0 && (high & -1L >>> all) == 0;
    }

    @Override
    public String toString() {
        return address.toString() + '/' + bits;
    }
}
