package io.fastpath.fastpath.config;

import io.fastpath.lb.Address;

/**
 * The addresses that begin alike. Immutable.
 *
 * @param address the first of them
 * @param length bits that count, of 32 or 128
 */
public record Prefix(Address address, int length) {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    /**
     * The prefix of a text; null if it is none.
     *
     * @param text such as {@code 10.8.0.0/24} or {@code ::/0}
     */
    static Prefix parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            return null;
        }
        final int length = Integer.parseInt(text.substring(slash + 1));
        try {
            final Address address = Address.parse(text.substring(0, slash));
            final Prefix prefix = new Prefix(address, length);
            return length <= (address.isIpv4() ? IPV4_BITS : IPV6_BITS) && prefix.isFirst() ? prefix : null;
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Whether an address belongs.
     *
     * @param word0 word 0 of the address
     * @param word1 word 1 of the address
     * @return true if it begins so
     */
    public boolean contains(final long word0, final long word1) {
        final int bits = address.isIpv4() ? IPV6_BITS - IPV4_BITS + length : length;
        return ((Long.reverseBytes(word0) ^ Long.reverseBytes(address.word0())) & mask(bits)) == 0
                && ((Long.reverseBytes(word1) ^ Long.reverseBytes(address.word1())) & mask(bits - Long.SIZE)) == 0;
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    /** Whether no bit is set behind the prefix. */
    private boolean isFirst() {
        final int bits = address.isIpv4() ? IPV6_BITS - IPV4_BITS + length : length;
        return (Long.reverseBytes(address.word0()) & ~mask(bits)) == 0
                && (Long.reverseBytes(address.word1()) & ~mask(bits - Long.SIZE)) == 0;
    }

    private static long mask(final int bits) {
        if (bits <= 0) {
            return 0;
        }
        return bits >= Long.SIZE ? -1L : -1L << Long.SIZE - bits;
    }
}
