package io.fastpath.fastpath.config;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 5d}. Pure functions. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    private Durations() {}

    /**
     * Parses a duration.
     *
     * @param text a whole number and a unit.
     * @return nanoseconds; null if the text is no duration, or a longer one than a {@code long} holds.
     */
    public static Long parseNs(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        final TimeUnit unit = unit(matcher.group(2));
        final long durationNs = unit.toNanos(Long.parseLong(matcher.group(1)));
        return durationNs == Long.MAX_VALUE ? null : durationNs;
    }

    /**
     * {@return the duration in the largest unit that gives a whole number}
     *
     * @param durationNs nanoseconds; parts of a millisecond are cut off.
     */
    public static String format(final long durationNs) {
        for (final String unit : new String[] {"d", "h", "m", "s"}) {
            final long unitNs = unit(unit).toNanos(1);
            if (durationNs >= unitNs && durationNs % unitNs == 0) {
                return durationNs / unitNs + unit;
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(durationNs) + "ms";
    }

    private static TimeUnit unit(final String name) {
        return switch (name) {
            case "ms" -> TimeUnit.MILLISECONDS;
            case "s" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MINUTES;
            case "h" -> TimeUnit.HOURS;
            case "d" -> TimeUnit.DAYS;
            default -> throw new IllegalArgumentException(name);
        };
    }
}
