package io.fastpath.lb.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Shares that make backends have equally many flows by weight, and a scale of loads. */
class LeastConnectionsTest {
    @Test
    void shouldFillUpTheEmptyOneFirst() {
        assertThat(shares(10, 100, 0)).containsExactly(0, 1000);
        assertThat(shares(200, 100, 0)).containsExactly(333, 1000);
        assertThat(shares(1000, 5, 5)).containsExactly(1000, 1000);
    }

    @Test
    void shouldGoByWeight() {
        assertThat(LeastConnections.shares(new long[] {0, 0, 0}, new int[] {1000, 2000, 0}, 30))
                .containsExactly(500, 1000, 0);
        assertThat(LeastConnections.shares(new long[] {10, 20}, new int[] {1000, 2000}, 30))
                .containsExactly(500, 1000);
    }

    @Test
    void shouldAlwaysGiveSomeoneTheNextFlow() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            final int count = 1 + random.nextInt(20);
            final long[] flows = random.longs(count, 0, 1 << random.nextInt(30)).toArray();
            final int[] weights = random.ints(count, 1, 1_000_000).toArray();
            final int[] shares = LeastConnections.shares(flows, weights, 1 + random.nextInt(1000));
            assertThat(shares).as("seed %d", seed).contains(1000);
            assertThat(Arrays.stream(shares)).as("seed %d", seed).allMatch(share -> share >= 0 && share <= 1000);
        }
    }

    @Test
    void shouldNeverFallAsFlowsGrow() {
        int before = -1;
        for (long flows = 0; flows < 1L << 28; flows += 1 + flows / 3000) {
            final int load = LeastConnections.load(flows, 1000);
            assertThat(load).isBetween(Math.max(0, before), 0xffff);
            before = load;
        }
        assertThat(LeastConnections.load(1, 1000)).isLessThan(LeastConnections.load(2, 1000));
        assertThat(LeastConnections.load(2, 2000)).isEqualTo(LeastConnections.load(1, 1000));
        assertThat(LeastConnections.load(Integer.MAX_VALUE, 1)).isLessThanOrEqualTo(0xffff);
    }

    private static int[] shares(final long arrivals, final long one, final long other) {
        return LeastConnections.shares(new long[] {one, other}, new int[] {1000, 1000}, arrivals);
    }
}
