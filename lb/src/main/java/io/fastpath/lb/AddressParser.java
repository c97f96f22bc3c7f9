package io.fastpath.lb;

/** Strict textual addresses (RFC 4291, 2.2) to bytes in network order, without a resolver. */
final class AddressParser {
    private static final int LENGTH_LIMIT = 45; // eight groups of four digits ending in a dotted quad
    private static final int QUOTE_LIMIT = 60;
    private static final int IPV4_LENGTH = 4;
    private static final int GROUP_COUNT = 8;
    private static final int GROUP_DIGITS = 4;

    private final String text;
    private final int[] groups = new int[GROUP_COUNT];
    private int groupCount;
    private int gapIndex = -1;

    private AddressParser(final String text) {
        this.text = text;
    }

    static byte[] parse(final String text) {
        final AddressParser parser = new AddressParser(text);
        if (text == null || text.isEmpty() || text.length() > LENGTH_LIMIT) {
            throw parser.refusal("has a length that no address has");
        }
        return text.indexOf(':') < 0 ? parser.ipv4(0) : parser.ipv6();
    }

    private byte[] ipv4(final int from) {
        final byte[] bytes = new byte[IPV4_LENGTH];
        int at = from;
        for (int i = 0; i < IPV4_LENGTH; i++) {
            final int start = at;
            int value = 0;
            while (at < text.length() && isDecimal(text.charAt(at)) && at - start < 3) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == start || value > 255) {
                throw refusal("needs four octets of 0 to 255");
            }
            if (at - start > 1 && text.charAt(start) == '0') {
                throw refusal("has a leading zero, which some readers take as octal");
            }
            bytes[i] = (byte) value;
            final boolean last = i == IPV4_LENGTH - 1;
            if (last ? at != text.length() : at == text.length() || text.charAt(at++) != '.') {
                throw refusal("is not four octets with dots between");
            }
        }
        return bytes;
    }

    private byte[] ipv6() {
        if (text.indexOf('%') >= 0) {
            throw refusal("has a zone, which packets do not carry");
        }
        int at = text.startsWith("::") ? 2 : 0;
        gapIndex = at == 0 ? -1 : 0;
        while (at < text.length()) {
            at = separator(group(at));
        }
        if (gapIndex < 0 ? groupCount != GROUP_COUNT : groupCount >= GROUP_COUNT) {
            throw refusal("has not eight groups");
        }
        final byte[] bytes = expanded();
        refuseMapped(bytes);
        return bytes;
    }

    private int group(final int start) {
        int end = start;
        int value = 0;
        while (end < text.length() && end - start < GROUP_DIGITS && hexadecimal(text.charAt(end)) >= 0) {
            value = value << 4 | hexadecimal(text.charAt(end++));
        }
        if (end < text.length() && text.charAt(end) == '.') {
            final byte[] tail = ipv4(start);
            add((tail[0] & 0xff) << 8 | tail[1] & 0xff);
            add((tail[2] & 0xff) << 8 | tail[3] & 0xff);
            return text.length();
        }
        if (end == start) {
            throw refusal("has an empty or foreign group at character " + (start + 1));
        }
        add(value);
        return end;
    }

    private void add(final int value) {
        if (groupCount == GROUP_COUNT) {
            throw refusal("has more than eight groups");
        }
        groups[groupCount++] = value;
    }

    private int separator(final int at) {
        if (at == text.length()) {
            return at;
        }
        if (text.charAt(at) != ':') {
            throw refusal("has a foreign character at " + (at + 1));
        }
        if (at + 1 == text.length()) {
            throw refusal("ends with a colon");
        }
        if (text.charAt(at + 1) != ':') {
            return at + 1;
        }
        if (gapIndex >= 0) {
            throw refusal("has :: twice");
        }
        gapIndex = groupCount;
        return at + 2;
    }

    private byte[] expanded() {
        final byte[] bytes = new byte[GROUP_COUNT * 2];
        final int zeroCount = GROUP_COUNT - groupCount;
        for (int i = 0; i < groupCount; i++) {
            final int index = gapIndex < 0 || i < gapIndex ? i : i + zeroCount;
            bytes[2 * index] = (byte) (groups[i] >>> 8);
            bytes[2 * index + 1] = (byte) groups[i];
        }
        return bytes;
    }

    private void refuseMapped(final byte[] bytes) {
        final Address address = Address.ofBytes(bytes);
        if (address.isIpv4()) {
            throw refusal("is an IPv4-mapped IPv6 address: write " + address);
        }
    }

    private static boolean isDecimal(final char character) {
        return character >= '0' && character <= '9';
    }

    private static int hexadecimal(final char character) {
        return character < 0x80 ? Character.digit(character, 16) : -1;
    }

    private IllegalArgumentException refusal(final String reason) {
        return new IllegalArgumentException("address " + quoted() + " " + reason
                + "; allowed is an IPv4 or IPv6 address such as 10.7.0.100 or 2001:db8::1");
    }

    private String quoted() {
        if (text == null) {
            return "null";
        }
        final StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), QUOTE_LIMIT); i++) {
            final char character = text.charAt(i);
            quoted.append(character >= ' ' && character < 0x7f ? character : '?');
        }
        return quoted.append(text.length() > QUOTE_LIMIT ? "...\"" : "\"").toString();
    }
}
