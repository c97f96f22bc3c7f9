package io.fastpath.perflab.throughput;

import java.util.List;

/**
 * Where repeated measurements lie. Immutable.
 *
 * @param median of an even number, the mean of the middle two.
 * @param lowest of them.
 * @param highest of them.
 */
public record Spread(double median, double lowest, double highest) {
    /**
     * {@return the spread of some values}
     *
     * @param values at least one.
     */
    public static Spread of(final List<Double> values) {
        final double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final int upper = sorted.length / 2;
        final int lower = (sorted.length - 1) / 2;
        return new Spread((sorted[lower] + sorted[upper]) / 2, sorted[0], sorted[sorted.length - 1]);
    }

    /** {@return how far the values lie apart, as a share of the median: the noise} */
    public double relativeRange() {
        return (highest - lowest) / median;
    }
}
