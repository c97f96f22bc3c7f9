package io.fastpath.afxdpnative.netlink;

import org.agrona.DirectBuffer;

/**
 * Ethernet addresses as a {@code long}: 48 bits, the first byte on the wire uppermost, so that {@code 02:fc:00:00:00:01}
 * is {@code 0x02fc00000001}.
 */
public final class MacAddress {
    /** No address. */
    public static final long NONE = -1L;

    /** Bytes of an address. */
    public static final int LENGTH = 6;

    private MacAddress() {}

    /**
     * {@return the address at an offset}
     *
     * @param buffer to read 6 bytes of.
     * @param offset of the first byte.
     */
    public static long read(final DirectBuffer buffer, final int offset) {
        long mac = 0;
        for (int i = 0; i < LENGTH; i++) {
            mac = mac << 8 | buffer.getByte(offset + i) & 0xFF;
        }
        return mac;
    }

    /**
     * {@return the 6 bytes in the order of the wire}
     *
     * @param mac an address.
     */
    public static byte[] bytes(final long mac) {
        final byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = (byte) (mac >>> 8 * (LENGTH - 1 - i));
        }
        return bytes;
    }

    /**
     * {@return the address in the usual notation, {@code none} for {@link #NONE}}
     *
     * @param mac an address.
     */
    public static String format(final long mac) {
        if (mac == NONE) {
            return "none";
        }
        final StringBuilder text = new StringBuilder(17);
        for (final byte octet : bytes(mac)) {
            text.append(text.isEmpty() ? "" : ":").append(String.format("%02x", octet));
        }
        return text.toString();
    }
}
