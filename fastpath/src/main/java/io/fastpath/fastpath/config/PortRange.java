package io.fastpath.fastpath.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports from lowest to highest, both inclusive. Immutable.
 *
 * @param lowest at least 1.
 * @param highest not below {@code lowest}, at most 65535.
 */
public record PortRange(int lowest, int highest) {
    /** Highest port there is. */
    public static final int HIGHEST_PORT = 65535;

    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");

    /**
     * Parses {@code 1024-65535}.
     *
     * @param text from outside.
     * @return null if it is no such range.
     */
    static PortRange parse(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        final int lowest = Integer.parseInt(matcher.group(1));
        final int highest = Integer.parseInt(matcher.group(2));
        return lowest >= 1 && lowest <= highest && highest <= HIGHEST_PORT ? new PortRange(lowest, highest) : null;
    }

    /** {@return how many ports} */
    public int count() {
        return highest - lowest + 1;
    }

    /**
     * {@return whether a port is in both}
     *
     * @param other range.
     */
    public boolean overlaps(final PortRange other) {
        return lowest <= other.highest && other.lowest <= highest;
    }

    @Override
    public String toString() {
        return lowest + "-" + highest;
    }
}
