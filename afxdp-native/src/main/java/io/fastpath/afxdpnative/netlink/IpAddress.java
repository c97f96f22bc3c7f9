package io.fastpath.afxdpnative.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An IPv4 or IPv6 address as two words: the 16 bytes as they lie in memory, read as two little-endian {@code long}s
 * (fastpath runs on x86-64 and arm64 only). IPv4 is mapped: {@code ::ffff:a.b.c.d}, RFC 4291 section 2.5.5.2.
 *
 * <pre>
 *   bytes  0 ... 7   8 9 10 11 12 13 14 15
 *         +---------+---------------------+
 *         |  high   |         low         |    IPv4: high = 0, low = 00 00 ff ff a b c d
 *         +---------+---------------------+
 * </pre>
 *
 * For the control thread; the data path passes the two words about.
 *
 * @param high bytes 0 to 7.
 * @param low bytes 8 to 15.
 */
public record IpAddress(long high, long low) {
    /** No address, {@code ::}. */
    public static final IpAddress NONE = new IpAddress(0, 0);

    /** Bytes of an IPv4 address. */
    public static final int IPV4_LENGTH = 4;

    /** Bytes of an IPv6 address. */
    public static final int IPV6_LENGTH = 16;

    private static final long MAPPED_MARK = 0xFFFF_0000L;
    private static final long MAPPED_MASK = 0xFFFF_FFFFL;

    /**
     * {@return the address in a buffer}
     *
     * @param buffer to read.
     * @param offset of the first byte.
     * @param length 4 or 16 bytes.
     * @throws NetlinkFormatException for any other length.
     */
    public static IpAddress read(final DirectBuffer buffer, final int offset, final int length) {
        return switch (length) {
            case IPV4_LENGTH -> new IpAddress(0, MAPPED_MARK | (long) buffer.getInt(offset) << 32);
            case IPV6_LENGTH -> new IpAddress(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
            default -> throw new NetlinkFormatException("address of " + length + " bytes");
        };
    }

    /**
     * {@return the address of 4 or 16 bytes in network order}
     *
     * @param bytes for example of {@link InetAddress#getAddress()}.
     */
    public static IpAddress of(final byte... bytes) {
        return read(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    /** {@return whether this is a mapped IPv4 address} */
    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    /**
     * {@return whether two words are a mapped IPv4 address}
     *
     * @param high bytes 0 to 7.
     * @param low bytes 8 to 15.
     */
    public static boolean isIpv4(final long high, final long low) {
        return high == 0 && (low & MAPPED_MASK) == MAPPED_MARK;
    }

    /** {@return 4 bytes for a mapped IPv4 address, else 16, in network order} */
    public byte[] bytes() {
        final UnsafeBuffer words = new UnsafeBuffer(new byte[IPV6_LENGTH]);
        words.putLong(0, high);
        words.putLong(Long.BYTES, low);
        final byte[] bytes = new byte[isIpv4() ? IPV4_LENGTH : IPV6_LENGTH];
        words.getBytes(IPV6_LENGTH - bytes.length, bytes);
        return bytes;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(bytes()).getHostAddress();
        } catch (final UnknownHostException ex) {
            throw new AssertionError("an address of 4 or 16 bytes is always taken", ex);
        }
    }
}
