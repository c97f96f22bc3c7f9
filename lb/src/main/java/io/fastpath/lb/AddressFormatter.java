package io.fastpath.lb;

/** Bytes in network order to canonical text: dotted for IPv4, RFC 5952 for IPv6. */
final class AddressFormatter {
    private static final int IPV4_LENGTH = 4;
    private static final int GROUP_COUNT = 8;

    private AddressFormatter() {}

    static String format(final byte[] bytes) {
        return bytes.length == IPV4_LENGTH ? ipv4(bytes) : ipv6(bytes);
    }

    private static String ipv4(final byte[] bytes) {
        return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
    }

    private static String ipv6(final byte[] bytes) {
        int gapIndex = -1;
        int gapCount = 1; // RFC 5952, 4.2.2: a single group of zeros is not shortened
        for (int i = 0; i < GROUP_COUNT; i++) {
            final int count = zeroCount(bytes, i);
            if (count > gapCount) {
                gapIndex = i;
                gapCount = count;
            }
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUP_COUNT; i++) {
            if (i == gapIndex) {
                text.append("::");
                i += gapCount - 1;
            } else {
                text.append(i == 0 || i == gapIndex + gapCount && gapIndex >= 0 ? "" : ":");
                text.append(Integer.toHexString(group(bytes, i)));
            }
        }
        return text.toString();
    }

    private static int zeroCount(final byte[] bytes, final int from) {
        int index = from;
        while (index < GROUP_COUNT && group(bytes, index) == 0) {
            index++;
        }
        return index - from;
    }

    private static int group(final byte[] bytes, final int index) {
        return (bytes[2 * index] & 0xff) << 8 | bytes[2 * index + 1] & 0xff;
    }
}
