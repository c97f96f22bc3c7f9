package io.fastpath.fastpath.cli;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Numbers as people read them. Pure functions. */
final class Quantities {
    private static final int KIBI = 1024;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Quantities() {}

    /**
     * {@return for example {@code 1.5 MiB}}
     *
     * @param length in bytes.
     */
    static String bytes(final long length) {
        double value = length;
        int unit = 0;
        while (value >= KIBI && unit < UNITS.length - 1) {
            value /= KIBI;
            unit++;
        }
        return unit == 0 ? length + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /**
     * {@return for example {@code 2d 3h}, {@code 3m 20s} or {@code 350ms}: the two largest units}
     *
     * @param durationMs milliseconds.
     */
    static String duration(final long durationMs) {
        final long days = TimeUnit.MILLISECONDS.toDays(durationMs);
        final long hours = TimeUnit.MILLISECONDS.toHours(durationMs) % 24;
        final long minutes = TimeUnit.MILLISECONDS.toMinutes(durationMs) % 60;
        final long seconds = TimeUnit.MILLISECONDS.toSeconds(durationMs) % 60;
        if (days > 0) {
            return days + "d " + hours + "h";
        }
        if (hours > 0) {
            return hours + "h " + minutes + "m";
        }
        if (minutes > 0) {
            return minutes + "m " + seconds + "s";
        }
        return durationMs < 1000 ? durationMs + "ms" : seconds + "s";
    }

    /**
     * {@return a count with its noun: {@code 1 queue}, {@code 2 queues}}
     *
     * @param count any.
     * @param noun in the singular.
     */
    static String count(final long count, final String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /**
     * {@return an address with a port}
     *
     * @param address IPv4 or IPv6.
     * @param port in host order; 0 is told as {@code *}: the client's.
     */
    static String backend(final String address, final int port) {
        final String text = endpoint(address, port);
        return port == 0 ? text.substring(0, text.length() - 1) + "*" : text;
    }

    /**
     * {@return an address with a port}
     *
     * @param address IPv4 or IPv6.
     * @param port in host order.
     */
    static String endpoint(final String address, final int port) {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }
}
