package io.fastpath.perflab.throughput;

import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.subject.Subject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Results for the eye: a line per round, a table at the end. Owned by one thread. */
final class TextReport implements Report {
    private static final double MEGA = 1e6;
    private static final double PERCENT = 100;

    private final PrintWriter out;

    TextReport(final PrintWriter out) {
        this.out = out;
    }

    @Override
    public void begin(final Environment environment, final List<Subject> subjects) {
        print("%s%n", environment.inWords());
        for (final Subject subject : subjects) {
            print("  %-15s %s%n", subject.name(), subject.work());
        }
    }

    @Override
    public void round(final Round round) {
        print(
                "flows %,d  round %d  %-15s %6.3f Mpps delivered of %6.3f offered  CPU pressure %.0f %%%s%n",
                round.flowCount(),
                round.number(),
                round.subject(),
                round.deliveredPps() / MEGA,
                round.offeredPps() / MEGA,
                round.cpuPressure() * PERCENT,
                round.isSound()
                        ? ""
                        : "  UNSOUND: of " + round.sampled() + " examined, " + round.misdirected() + " misdirected, "
                                + round.badChecksum() + " with a bad checksum");
        if (round.engines() != null) {
            print("    %s%n", round.engines().inWords());
        }
    }

    @Override
    public void end(final List<Summary> summaries) {
        print("%n%-15s %8s  %18s  %18s  %5s%n", "subject", "flows", "Mpps (range)", "ratio (range)", "noise");
        for (final Summary summary : summaries) {
            final Spread pps = summary.deliveredPps();
            final Spread ratio = summary.ratio();
            print(
                    "%-15s %,8d  %5.3f (%5.3f-%5.3f)  %5.3f (%5.3f-%5.3f)  %3.0f %%%n",
                    summary.subject(),
                    summary.flowCount(),
                    pps.median() / MEGA,
                    pps.lowest() / MEGA,
                    pps.highest() / MEGA,
                    ratio.median(),
                    ratio.lowest(),
                    ratio.highest(),
                    summary.noise() * PERCENT);
        }
        print(
                "medians; the ratio is to %s in the same round%n%n",
                summaries.get(0).baseline());
    }

    private void print(final String format, final Object... values) {
        out.printf(Locale.ROOT, format, values);
        out.flush();
    }
}
