package io.fastpath.kernelbpf.layout;

/**
 * An IPv6 address in network byte order, or an IPv4 address mapped into it (RFC 4291, 2.5.5.2). It travels through
 * the Java code as two longs: its two native (little-endian) memory words. C twin: {@code struct fp_address}.
 *
 * <pre>
 *   0                               10      12              16
 *  +-------------------------------+-------+---------------+
 *  | 0 ... 0                       | ff ff | IPv4 address  |
 *  +-------------------------------+-------+---------------+
 *  | word 0         | word 1                                |
 * </pre>
 */
public final class AddressDescriptor {
    /** Bytes of an address. */
    public static final int LENGTH = 16;

    /** Offset of word 1. */
    public static final int WORD1_OFFSET = 8;

    /** Low half of word 1 of a mapped IPv4 address. */
    public static final long IPV4_MARK = 0xffff_0000L;

    private AddressDescriptor() {}

    /**
     * Word 1 of a mapped IPv4 address; word 0 is 0.
     *
     * @param ipv4Memory the four bytes as a native int, as {@code buffer.getInt(offset)} reads them
     * @return word 1
     */
    public static long ipv4Word1(final int ipv4Memory) {
        return (long) ipv4Memory << 32 | IPV4_MARK;
    }

    /**
     * The four bytes of a mapped IPv4 address.
     *
     * @param word1 of the address
     * @return as a native int, for {@code buffer.putInt(offset, …)}
     */
    public static int ipv4Memory(final long word1) {
        return (int) (word1 >>> 32);
    }

    /**
     * Whether an address is a mapped IPv4 one.
     *
     * @param word0 first word
     * @param word1 second word
     * @return true for ::ffff:0:0/96
     */
    public static boolean isIpv4(final long word0, final long word1) {
        return word0 == 0 && (word1 & 0xffff_ffffL) == IPV4_MARK;
    }
}
