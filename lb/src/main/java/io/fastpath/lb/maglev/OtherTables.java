package io.fastpath.lb.maglev;

import io.fastpath.lb.BackendSpec;
import java.util.List;

/**
 * Tables that are not Maglev's, of the same shape. Time grows with slots times backends: a thousand backends and 65,537
 * slots take a tenth of a second in turn, and by rendezvous as much, or a few seconds where weights differ.
 */
final class OtherTables {
    private static final long SLOT_STEP = 0x9e37_79b9_7f4a_7c15L;
    private static final double UNIT = 0x1p-53;
    private static final int UNUSED_BITS = 11;

    private OtherTables() {}

    /**
     * Highest random weight: each slot is of the backend with the highest score {@code -share / ln(u)}, u drawn from
     * backend and slot. A backend that comes takes slots from others, one that goes leaves its own to others, and nothing else
     * changes. With equal shares the highest u has the highest score. StrictMath, as all machines must agree.
     */
    static void rendezvous(final char[] slots, final List<BackendSpec> backends) {
        final long[] seeds = backends.stream()
                .mapToLong(backend -> BackendPermutation.seed(backend.endpoint()))
                .toArray();
        final int first = backends.get(0).share();
        final boolean isEven = backends.stream().allMatch(backend -> backend.share() == first);
        for (int slot = 0; slot < slots.length; slot++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < seeds.length; i++) {
                final long drawn = BackendPermutation.mix(BackendPermutation.mix(seeds[i]) + (slot + 1) * SLOT_STEP);
                final double u = ((drawn >>> UNUSED_BITS) + 0.5) * UNIT;
                final double score = isEven ? u : -backends.get(i).share() / StrictMath.log(u);
                if (score > best) {
                    best = score;
                    slots[slot] = (char) i;
                }
            }
        }
    }

    /** Smooth weighted round robin: each turn all get their share of credit, and who has most pays for all. */
    static void inTurn(final char[] slots, final List<BackendSpec> backends) {
        final int[] shares = backends.stream().mapToInt(BackendSpec::share).toArray();
        final long[] credit = new long[shares.length];
        long price = 0;
        for (final int share : shares) {
            price += share;
        }
        for (int slot = 0; slot < slots.length; slot++) {
            int richest = 0;
            for (int i = 0; i < shares.length; i++) {
                credit[i] += shares[i];
                if (credit[i] > credit[richest]) {
                    richest = i;
                }
            }
            credit[richest] -= price;
            slots[slot] = (char) richest;
        }
    }
}
