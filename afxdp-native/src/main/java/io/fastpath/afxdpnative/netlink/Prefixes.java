package io.fastpath.afxdpnative.netlink;

/** Arithmetic on 128-bit prefixes as two numbers of 64 bits, most significant first. */
final class Prefixes {
    /** Bits of the longest prefix. */
    static final int LENGTH_LIMIT = 128;

    private Prefixes() {}

    /** {@return the upper number's mask for a prefix of that many bits} */
    static long highMask(final int prefixLength) {
        return mask(Math.min(prefixLength, Long.SIZE));
    }

    /** {@return the lower number's mask for a prefix of that many bits} */
    static long lowMask(final int prefixLength) {
        return mask(Math.max(prefixLength - Long.SIZE, 0));
    }

    /** {@return the address with the bits behind the prefix cleared} */
    static IpAddress mask(final IpAddress address, final int prefixLength) {
        return new IpAddress(
                address.high() & Long.reverseBytes(highMask(prefixLength)),
                address.low() & Long.reverseBytes(lowMask(prefixLength)));
    }

    /** {@return the order of two 128-bit unsigned numbers} */
    static int compare(final long high, final long low, final long otherHigh, final long otherLow) {
        final int order = Long.compareUnsigned(high, otherHigh);
        return order != 0 ? order : Long.compareUnsigned(low, otherLow);
    }

    private static long mask(final int bits) {
        return bits == 0 ? 0 : -1L << Long.SIZE - bits;
    }
}
