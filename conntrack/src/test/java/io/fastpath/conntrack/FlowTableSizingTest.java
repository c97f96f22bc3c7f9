package io.fastpath.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FlowTableSizingTest {
    @Test
    void shouldGiveTwoSlotsPerConnectionAndRoomBetween() {
        assertThat(FlowTableSizing.slotCount(1)).isEqualTo(FlowTable.SLOT_COUNT_MIN);
        assertThat(FlowTableSizing.slotCount(1_048_576)).isEqualTo(3_813_004);
        assertThat(FlowTableSizing.lengthBytes(1_048_576)).isEqualTo(3_813_004L * 64);
    }

    @Test
    void shouldAllowSixteenMillionConnections() {
        assertThat(FlowTableSizing.slotCount(16 << 20)).isBetween(61_000_000, FlowTable.SLOT_COUNT_MAX);
        assertThat(FlowTableSizing.slotCount(FlowTableSizing.CAPACITY_MAX))
                .isLessThanOrEqualTo(FlowTable.SLOT_COUNT_MAX);
        assertThat(FlowTableSizing.lengthBytes(16 << 20)).isGreaterThan(Integer.MAX_VALUE);
        assertThatThrownBy(() -> FlowTableSizing.slotCount(FlowTableSizing.CAPACITY_MAX + 1L))
                .hasMessageContaining("allowed is 1 to " + FlowTableSizing.CAPACITY_MAX);
        assertThatThrownBy(() -> FlowTableSizing.slotCount(0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The figures of the class's table, at a smaller scale: entries come and go at the default load factor. */
    @Test
    void shouldSeldomFindANeighbourhoodFullAtTheDefaultLoadFactor() {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final int slotCount = 1 << 18;
        final int[] entries = new int[(int) (slotCount * FlowTableSizing.LOAD_FACTOR)];
        final BitSet used = new BitSet(slotCount);
        for (int i = 0; i < entries.length; i++) {
            do {
                entries[i] = insert(used, random, slotCount);
            } while (entries[i] < 0);
        }
        int failures = 0;
        final int replacements = 4_000_000;
        for (int i = 0; i < replacements; i++) {
            final int leaver = random.nextInt(entries.length);
            used.clear(entries[leaver]);
            do {
                entries[leaver] = insert(used, random, slotCount);
                failures += entries[leaver] < 0 ? 1 : 0;
            } while (entries[leaver] < 0);
        }
        assertThat(failures / (double) replacements).as("seed " + seed).isLessThan(1e-5);
    }

    private static int insert(final BitSet used, final SplittableRandom random, final int slotCount) {
        final int home = random.nextInt(slotCount);
        for (int i = 0; i < 24; i++) {
            final int position = (home + i * (i + 1) / 2) % slotCount;
            if (!used.get(position)) {
                used.set(position);
                return position;
            }
        }
        return -1;
    }
}
