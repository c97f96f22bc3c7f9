package io.fastpath.lb.maglev;

import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A Maglev look-up table: each slot names the backend of the tuples that hash to it. It depends on the set of
 * endpoints and weights and on the size alone, not on their order, the machine or history: backends take turns in the
 * order of their endpoints. Immutable; any thread.
 *
 * <p>Weights: in each round a backend is credited with its weight and takes a turn when its credit reaches the highest
 * weight, which it then pays (the way of Katran's MaglevHashV2). Turns, and so slots, are proportional to the weights
 * with an error below one turn, without repeating backends. A backend whose share is below a slot may get none.
 */
public final class MaglevTable {
    /** Position of no backend. */
    public static final int NONE = -1;

    private static final char EMPTY = LbMemory.BACKEND_LIMIT;
    private static final Comparator<BackendSpec> ORDER = Comparator.comparing(BackendSpec::endpoint);

    private final List<BackendSpec> backends;
    private final char[] slots;

    private MaglevTable(final List<BackendSpec> backends, final char[] slots) {
        this.backends = backends;
        this.slots = slots;
    }

    /**
     * Builds a table. Time grows with size times log(size), and with size times backends where few of many backends
     * hold most of the weight.
     *
     * @param backends with distinct endpoints; those without a share are left out; may be empty
     * @param size slots, see {@link MaglevSize#check}
     * @return the table
     * @throws IllegalArgumentException for a size that is not allowed, an endpoint twice, or more backends than slots
     */
    public static MaglevTable build(final List<BackendSpec> backends, final int size) {
        return build(Algorithm.MAGLEV, backends, size);
    }

    /**
     * Builds the table of an algorithm.
     *
     * @param algorithm of the service; those that look at open flows begin with a Maglev table
     * @param backends with distinct endpoints; those without a share are left out; may be empty
     * @param size slots, see {@link MaglevSize#check}
     * @return the table
     * @throws IllegalArgumentException for a size that is not allowed, an endpoint twice, or more backends than slots
     */
    public static MaglevTable build(final Algorithm algorithm, final List<BackendSpec> backends, final int size) {
        MaglevSize.check(size);
        final List<BackendSpec> sorted = sorted(backends);
        if (sorted.size() > Math.min(size, LbMemory.BACKEND_LIMIT)) {
            throw new IllegalArgumentException(sorted.size() + " backends don't fit in a Maglev table of " + size);
        }
        final char[] slots = new char[size];
        Arrays.fill(slots, EMPTY);
        if (!sorted.isEmpty()) {
            switch (algorithm) {
                case RENDEZVOUS -> OtherTables.rendezvous(slots, sorted);
                case WEIGHTED_ROUND_ROBIN -> OtherTables.inTurn(slots, sorted);
                default -> populate(slots, sorted);
            }
        }
        return new MaglevTable(sorted, slots);
    }

    /**
     * Slots.
     *
     * @return a prime
     */
    public int size() {
        return slots.length;
    }

    /**
     * The backends with a share above 0.
     *
     * @return in the order of their endpoints; unmodifiable
     */
    public List<BackendSpec> backends() {
        return backends;
    }

    /**
     * Whose a slot is.
     *
     * @param slot from 0 to {@link #size()} - 1
     * @return position in {@link #backends()}, or {@link #NONE} when there are no backends
     */
    public int position(final int slot) {
        final char position = slots[slot];
        return position == EMPTY ? NONE : position;
    }

    /**
     * How many slots each backend has.
     *
     * @return by position in {@link #backends()}; a new array
     */
    public int[] slotCounts() {
        final int[] counts = new int[backends.size()];
        if (counts.length > 0) {
            for (final char position : slots) {
                counts[position]++;
            }
        }
        return counts;
    }

    private static List<BackendSpec> sorted(final List<BackendSpec> backends) {
        final List<BackendSpec> all = new ArrayList<>(backends);
        all.sort(ORDER);
        for (int i = 1; i < all.size(); i++) {
            if (all.get(i).endpoint().equals(all.get(i - 1).endpoint())) {
                throw new IllegalArgumentException(
                        "backend " + all.get(i).endpoint() + " is there twice; give it one weight instead");
            }
        }
        all.removeIf(backend -> backend.share() == 0);
        return List.copyOf(all);
    }

    private static void populate(final char[] slots, final List<BackendSpec> backends) {
        final int count = backends.size();
        final int[] next = new int[count];
        final int[] skip = new int[count];
        final int[] weight = new int[count];
        final int[] credit = new int[count];
        int turnPrice = 0;
        for (int i = 0; i < count; i++) {
            final long seed = BackendPermutation.seed(backends.get(i).endpoint());
            next[i] = BackendPermutation.offset(seed, slots.length);
            skip[i] = BackendPermutation.skip(seed, slots.length);
            weight[i] = backends.get(i).share();
            turnPrice = Math.max(turnPrice, weight[i]);
        }
        int filled = 0;
        while (true) {
            for (int i = 0; i < count; i++) {
                credit[i] += weight[i];
                if (credit[i] < turnPrice) {
                    continue;
                }
                credit[i] -= turnPrice;
                next[i] = claim(slots, next[i], skip[i], (char) i);
                if (++filled == slots.length) {
                    return;
                }
            }
        }
    }

    private static int claim(final char[] slots, final int from, final int skip, final char position) {
        int slot = from;
        while (slots[slot] != EMPTY) {
            slot = step(slot, skip, slots.length);
        }
        slots[slot] = position;
        return step(slot, skip, slots.length);
    }

    private static int step(final int slot, final int skip, final int size) {
        final int next = slot + skip; // below twice the size: no overflow
        return next >= size ? next - size : next;
    }
}
