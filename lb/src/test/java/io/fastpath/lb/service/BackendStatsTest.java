package io.fastpath.lb.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.service.BackendStats.Totals;
import org.junit.jupiter.api.Test;

class BackendStatsTest {
    private static final int ROW_COUNT = 3;
    private static final int CAPACITY = 5;

    private final SharedMemory memory =
            SharedMemory.allocate((long) ROW_COUNT * CAPACITY * BackendStatsDescriptor.LENGTH);
    private final BackendStats stats = new BackendStats(memory, ROW_COUNT, CAPACITY);

    @Test
    void shouldSumTheRowsOfOneBackend() {
        for (int row = 0; row < ROW_COUNT; row++) {
            for (int word = 0; word < 6; word++) {
                add(row, 2, word * Long.BYTES, (long) Math.pow(10, row) * (word + 1));
            }
            add(row, 1, BackendStatsDescriptor.PACKETS_TO_OFFSET, 7_000_000);
        }
        assertThat(stats.totals(2)).isEqualTo(new Totals(111, 222, 333, 444, 555, 666));
        assertThat(stats.totals(0)).isEqualTo(new Totals(0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldTellWhatHappenedSinceAnEarlierReading() {
        add(0, 4, BackendStatsDescriptor.FLOWS_OPENED_OFFSET, 9);
        final Totals earlier = stats.totals(4);
        add(1, 4, BackendStatsDescriptor.FLOWS_OPENED_OFFSET, 5);
        add(2, 4, BackendStatsDescriptor.FLOWS_CLOSED_OFFSET, 2);
        assertThat(stats.totals(4).minus(earlier)).isEqualTo(new Totals(0, 0, 5, 2, 0, 0));
        assertThat(stats.totals(4).flowsLive()).isEqualTo(12);
    }

    @Test
    void shouldRefuseWhatIsNotThere() {
        assertThatThrownBy(() -> stats.totals(5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> stats.totals(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new BackendStats(memory, ROW_COUNT + 1, CAPACITY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void add(final int row, final int backendIndex, final int wordOffset, final long value) {
        memory.addOwned(BackendStatsDescriptor.recordOffset(row, backendIndex, CAPACITY) + wordOffset, value);
    }
}
