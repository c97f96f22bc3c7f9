package io.fastpath.perflab.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a time some task wanted a CPU and had none: near 0 on a quiet machine where generator and subject have a
 * CPU each, and else the first thing to look at when figures scatter. Source: {@code Documentation/accounting/psi.rst}.
 * Owned by one thread.
 */
public final class CpuPressure {
    private static final Path FILE = Path.of("/proc/pressure/cpu");
    private static final Pattern SOME_TOTAL_US = Pattern.compile("some .*total=(\\d+)");
    private static final double NS_PER_US = 1_000;

    private final long startUs = stalledUs();
    private final long startNs = System.nanoTime();

    /** {@return the share since this object was made, 0 to 1; NaN on a kernel without pressure accounts} */
    public double share() {
        final long nowUs = stalledUs();
        if (startUs < 0 || nowUs < 0) {
            return Double.NaN;
        }
        return (nowUs - startUs) * NS_PER_US / (System.nanoTime() - startNs);
    }

    private static long stalledUs() {
        try {
            final Matcher matcher = SOME_TOTAL_US.matcher(Files.readString(FILE));
            return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
        } catch (final IOException ex) {
            return -1;
        }
    }
}
