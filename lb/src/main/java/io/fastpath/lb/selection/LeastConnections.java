package io.fastpath.lb.selection;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How many of the next flows each backend is to get so that all come to have equally many by weight: those with fewest are
 * filled up first, as water fills a vessel. Pure; any thread.
 */
public final class LeastConnections {
    private static final int EXPONENT_BITS = 10;
    private static final int MANTISSA_LIMIT = 1 << (EXPONENT_BITS + 1);
    private static final long LOAD_SCALE = 1_000_000;
    private static final int SHARE_MAX = 1000;

    private LeastConnections() {}

    /**
     * Shares of the next flows.
     *
     * @param flows open at each backend
     * @param weights of each, some above 0
     * @param arrivals flows to be shared, 1 or more
     * @return of each 0 to 1000, the highest 1000; 0 where the weight is 0
     */
    public static int[] shares(final long[] flows, final int[] weights, final long arrivals) {
        final int[] order = IntStream.range(0, flows.length)
                .filter(i -> weights[i] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> (double) flows[i] / weights[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double water = arrivals;
        double width = 0;
        double level = 0;
        for (final int i : order) {
            if (width > 0 && level <= (double) flows[i] / weights[i]) {
                break;
            }
            water += flows[i];
            width += weights[i];
            level = water / width;
        }
        final double[] wanted = new double[flows.length];
        double most = 0;
        for (final int i : order) {
            wanted[i] = Math.max(0, level * weights[i] - flows[i]);
            most = Math.max(most, wanted[i]);
        }
        final int[] shares = new int[flows.length];
        for (final int i : order) {
            shares[i] = (int) Math.round(SHARE_MAX * wanted[i] / most);
        }
        return shares;
    }

    /**
     * A backend's load on a scale that is exact for few flows and to a thousandth for many, and never falls as they grow.
     *
     * @param flows open
     * @param share its {@code BackendSpec.share()}, above 0
     * @return 0 to 65535
     */
    public static int load(final long flows, final int share) {
        final long ratio = Math.max(0, flows) * LOAD_SCALE / share;
        final int exponent =
                ratio < MANTISSA_LIMIT ? 0 : Long.SIZE - 1 - Long.numberOfLeadingZeros(ratio) - EXPONENT_BITS;
        return Math.min(0xffff, (exponent << EXPONENT_BITS) + (int) (ratio >>> exponent));
    }
}
