package io.fastpath.bench.stage;

/**
 * All numbers below a power of two in an order that no prefetcher follows, again and again: a linear congruential generator
 * of full period (Knuth, TAOCP 2, 3.2.1.2). Costs three instructions and no memory. One thread.
 */
public final class Shuffle {
    private static final int MULTIPLIER = 1_664_525;
    private static final int INCREMENT = 1_013_904_223;

    private final int mask;
    private int current;

    /**
     * An order.
     *
     * @param count a power of two
     */
    public Shuffle(final int count) {
        if (Integer.bitCount(count) != 1) {
            throw new IllegalArgumentException(count + " numbers to shuffle: must be a power of two");
        }
        mask = count - 1;
    }

    /**
     * The next number.
     *
     * @return from 0 to count - 1
     */
    public int next() {
        return after(0);
    }

    /**
     * The next number, once another value is known: makes one step of a benchmark wait for the one before.
     *
     * @param zero a value that is 0, which the compiler doesn't know
     * @return from 0 to count - 1
     */
    public int after(final int zero) {
        current = (current + zero) * MULTIPLIER + INCREMENT & mask;
        return current;
    }
}
