package io.fastpath.perflab.compare;

import io.fastpath.perflab.throughput.Round;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How much more packets per second a subject forwarded in one run than in another: the ratio of the geometric means, with
 * Welch's interval of their logarithms (B. L. Welch, 1947), since rates vary by factors. Immutable.
 *
 * @param subject its name.
 * @param flowCount flows of the traffic.
 * @param frameLength of the traffic.
 * @param value the ratio, second run to first.
 * @param lowest of the 95 % confidence interval; NaN if a run has a single round.
 * @param highest of it; NaN likewise.
 * @param firstRounds of the first run.
 * @param secondRounds of the second run.
 */
record Ratio(
        String subject,
        int flowCount,
        int frameLength,
        double value,
        double lowest,
        double highest,
        int firstRounds,
        int secondRounds) {
    private static final double UPPER_QUANTILE = 0.975;

    /**
     * {@return the ratio}
     *
     * @param first rounds of a subject under one traffic, at least one.
     * @param second the same of the other run.
     */
    static Ratio of(final List<Round> first, final List<Round> second) {
        final double[] a = logarithms(first);
        final double[] b = logarithms(second);
        final double difference = mean(b) - mean(a);
        final double half = halfWidth(a, b);
        final Round round = first.get(0);
        return new Ratio(
                round.subject(),
                round.flowCount(),
                round.frameLength(),
                Math.exp(difference),
                Math.exp(difference - half),
                Math.exp(difference + half),
                a.length,
                b.length);
    }

    /** {@return whether the interval leaves no doubt that there is a difference} */
    boolean isDifferent() {
        return lowest > 1 || highest < 1;
    }

    /** {@return a line for people} */
    String inWords() {
        final String interval = Double.isNaN(lowest)
                ? "no interval: a single round"
                : String.format(Locale.ROOT, "%.3f to %.3f", lowest, highest);
        return String.format(
                Locale.ROOT,
                "%-16s %,9d flows %5d bytes  %.3f (%s)%s",
                subject,
                flowCount,
                frameLength,
                value,
                interval,
                isDifferent() ? "" : "  no difference shown");
    }

    private static double halfWidth(final double[] a, final double[] b) {
        if (a.length < 2 || b.length < 2) {
            return Double.NaN;
        }
        final double va = variance(a) / a.length;
        final double vb = variance(b) / b.length;
        if (va + vb == 0) {
            return 0;
        }
        final double freedom = (va + vb) * (va + vb) / (va * va / (a.length - 1) + vb * vb / (b.length - 1));
        return TDistribution.of(freedom).inverseCumulativeProbability(UPPER_QUANTILE) * Math.sqrt(va + vb);
    }

    private static double[] logarithms(final List<Round> rounds) {
        return rounds.stream()
                .mapToDouble(round -> Math.log(round.deliveredPps()))
                .toArray();
    }

    private static double mean(final double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(final double[] values) {
        final double mean = mean(values);
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
    }
}
