package io.fastpath.lb.maglev;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How many slots a Maglev table has: a prime, so that every skip visits every slot. More than 100 slots per backend
 * bound the imbalance by about one percent (NSDI 2016, section 5.3); they don't bound the disruption.
 */
public final class MaglevSize {
    /** The paper's small table, for up to 655 backends. */
    public static final int DEFAULT = 65_537;

    /** Most slots: a prime, and a hundred slots for each of 65,535 backends. */
    public static final int LIMIT = 6_553_577;

    /** Primes near powers of two. */
    public static final List<Integer> SUGGESTED =
            List.of(251, 509, 1021, 2039, 4093, 8191, 16_381, 32_749, DEFAULT, 131_071, 262_139, 524_287, 1_048_573);

    private static final int SLOTS_PER_BACKEND = 100;

    private MaglevSize() {}

    /**
     * Checks a configured size.
     *
     * @param size to check
     * @return the size
     * @throws IllegalArgumentException that says what is allowed
     */
    public static int check(final int size) {
        if (size > LIMIT || !isPrime(size)) {
            throw new IllegalArgumentException("Maglev table size " + size + " is not a prime up to " + LIMIT
                    + "; for example "
                    + SUGGESTED.stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        return size;
    }

    /**
     * Whether a table is large enough for shares that are true to about one percent.
     *
     * @param size slots
     * @param backendCount with a weight above 0
     * @return whether there are at least a hundred slots per backend
     */
    public static boolean isBalanced(final int size, final int backendCount) {
        return size >= (long) SLOTS_PER_BACKEND * backendCount;
    }

    private static boolean isPrime(final int number) {
        if (number < 4 || number % 2 == 0) {
            return number == 2 || number == 3;
        }
        for (int divisor = 3; (long) divisor * divisor <= number; divisor += 2) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
