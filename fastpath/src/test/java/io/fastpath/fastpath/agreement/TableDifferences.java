package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares what two engines left in their tables: counts, backends' statistics, and flows, next hops and backends record
 * by record, so that an entry must even stand in the same slot. Of a free record only the words count that outlive what
 * stood there. Points in time may differ a little: each engine reads the clock for itself.
 */
final class TableDifferences {
    private static final int SHOWN_COUNT = 12;
    private static final long PROVED_TOLERANCE_NS = 10_000_000_000L;

    private final TestBalancer expected;
    private final TestBalancer actual;
    private final int toleranceTicks;
    private final List<String> found = new ArrayList<>();

    private TableDifferences(final TestBalancer expected, final TestBalancer actual, final int toleranceTicks) {
        this.expected = expected;
        this.actual = actual;
        this.toleranceTicks = toleranceTicks;
    }

    /**
     * All differences but the counters', each with its place, the first balancer's value, then the second's.
     *
     * @param toleranceTicks how much the connections' idle times may differ
     */
    static List<String> inRecords(final TestBalancer expected, final TestBalancer actual, final int toleranceTicks) {
        final TableDifferences differences = new TableDifferences(expected, actual, toleranceTicks);
        differences.compareFlows();
        differences.compareNextHops();
        differences.compareWords(MapNames.BACKENDS, BackendDescriptor.LENGTH);
        differences.compareStatistics();
        return differences.found;
    }

    /** What one side counted and the other didn't. */
    static List<String> inCounts(final Map<Counter, Long> expected, final Map<Counter, Long> actual) {
        final List<String> differences = new ArrayList<>();
        for (final Counter counter : Counter.values()) {
            final long first = expected.getOrDefault(counter, 0L);
            final long second = actual.getOrDefault(counter, 0L);
            if (first != second) {
                differences.add(counter + ": " + first + " / " + second);
            }
        }
        return differences;
    }

    private void compareFlows() {
        final SharedMemory first = expected.tables().region(MapNames.FLOWS);
        final SharedMemory second = actual.tables().region(MapNames.FLOWS);
        for (long slot = 0; slot < first.length(); slot += FlowDescriptor.LENGTH) {
            compareWord(MapNames.FLOWS, slot, FlowDescriptor.CONTROL_OFFSET);
            compareWord(MapNames.FLOWS, slot, FlowDescriptor.HOP_OFFSET);
            if (TableImage.isUsed(first, slot) && TableImage.isUsed(second, slot)) {
                compareIdle(first, second, slot);
                for (int word = FlowDescriptor.PEER_INDEX_OFFSET; word < FlowDescriptor.LENGTH; word += Integer.BYTES) {
                    compareWord(MapNames.FLOWS, slot, word);
                }
            }
        }
    }

    private void compareIdle(final SharedMemory first, final SharedMemory second, final long slot) {
        final long offset = slot + FlowDescriptor.LAST_SEEN_TICKS_OFFSET;
        final int firstIdle = FlowDescriptor.ticks(expected.nowNs()) - first.getInt(offset);
        final int secondIdle = FlowDescriptor.ticks(actual.nowNs()) - second.getInt(offset);
        if (Math.abs(firstIdle - secondIdle) > toleranceTicks) {
            add("flow slot " + slot / FlowDescriptor.LENGTH + " idle ticks: " + firstIdle + " / " + secondIdle);
        }
    }

    private void compareNextHops() {
        final SharedMemory first = expected.tables().region(MapNames.NEXT_HOPS);
        for (long hop = 0; hop < first.length(); hop += NextHopDescriptor.LENGTH) {
            compareWord(MapNames.NEXT_HOPS, hop, NextHopDescriptor.STATE_OFFSET);
            if (first.getInt(hop + NextHopDescriptor.STATE_OFFSET) != NextHopDescriptor.STATE_FREE) {
                for (int word = Integer.BYTES; word < NextHopDescriptor.PROVED_NS_OFFSET; word += Integer.BYTES) {
                    compareWord(MapNames.NEXT_HOPS, hop, word);
                }
                compareProved(hop + NextHopDescriptor.PROVED_NS_OFFSET);
            }
        }
    }

    private void compareProved(final long offset) {
        final long first = expected.tables().region(MapNames.NEXT_HOPS).getLong(offset);
        final long second = actual.tables().region(MapNames.NEXT_HOPS).getLong(offset);
        if (Math.abs(first - second) > PROVED_TOLERANCE_NS) {
            add("next hop " + offset / NextHopDescriptor.LENGTH + " provedNs: " + first + " / " + second);
        }
    }

    private void compareWords(final String mapName, final int recordLength) {
        final long length = expected.tables().region(mapName).length();
        for (long offset = 0; offset < length; offset += Integer.BYTES) {
            compareWord(mapName, offset - offset % recordLength, (int) (offset % recordLength));
        }
    }

    private void compareStatistics() {
        for (int backend = 0; backend < expected.tables().sizes().backendCapacity(); backend++) {
            for (int field = 0; field < BackendStatsDescriptor.LENGTH; field += Long.BYTES) {
                final long first = statistic(expected, backend, field);
                final long second = statistic(actual, backend, field);
                if (first != second) {
                    add("statistics of backend " + backend + " at byte " + field + ": " + first + " / " + second);
                }
            }
        }
    }

    private static long statistic(final TestBalancer balancer, final int backendIndex, final int fieldOffset) {
        final SharedMemory memory = balancer.tables().region(MapNames.BACKEND_STATS);
        final int capacity = balancer.tables().sizes().backendCapacity();
        long sum = 0;
        for (int row = 0; row < balancer.tables().sizes().counterRowCount(); row++) {
            sum += memory.getLong(BackendStatsDescriptor.recordOffset(row, backendIndex, capacity) + fieldOffset);
        }
        return sum;
    }

    private void compareWord(final String mapName, final long recordOffset, final int wordOffset) {
        final int first = expected.tables().region(mapName).getInt(recordOffset + wordOffset);
        final int second = actual.tables().region(mapName).getInt(recordOffset + wordOffset);
        if (first != second) {
            add(String.format(
                    "%s at byte %#x, word at %d of its record: %08x / %08x",
                    mapName, recordOffset, wordOffset, first, second));
        }
    }

    private void add(final String difference) {
        if (found.size() < SHOWN_COUNT) {
            found.add(difference);
        }
    }
}
