package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.FlowTcpDescriptor;
import io.fastpath.kernelbpf.layout.FragmentDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares what two engines left in their tables: counts, backends' statistics, and flows, datagrams in fragments, next hops and
 * backends record by record, so that an entry must even stand in the same slot. Of a free record only the words count that outlive what
 * stood there. Points in time may differ a little: each engine reads the clock for itself.
 */
public final class TableDifferences {
    private static final int SHOWN_COUNT = 12;
    private static final long PROVED_TOLERANCE_NS = 10_000_000_000L;

    /** One table of both. */
    private record Pair(String name, SharedMemory first, SharedMemory second) {
        boolean isSame(final long offset) {
            return first.getInt(offset) == second.getInt(offset);
        }
    }

    private final EngineTables expected;
    private final EngineTables actual;
    private final NextHopTable firstHops;
    private final NextHopTable secondHops;
    private final List<String> found = new ArrayList<>();

    private TableDifferences(final EngineTables expected, final EngineTables actual) {
        this.expected = expected;
        this.actual = actual;
        this.firstHops = expected.nextHops();
        this.secondHops = actual.nextHops();
    }

    /**
     * All differences but the counters' and {@link #inDatagrams}, each with its place, the first engine's value, then the second's.
     *
     * @param expected of the first engine
     * @param actual of the second engine, of the same sizes
     * @param toleranceTicks how much the connections' idle times may differ
     * @param sameHopRecords whether next hops must stand at the same places; if not, and where both can be used, they must
     *     lead the same way
     * @return the first of them; empty if there are none
     */
    public static List<String> inRecords(
            final EngineTables expected,
            final EngineTables actual,
            final int toleranceTicks,
            final boolean sameHopRecords) {
        final TableDifferences differences = new TableDifferences(expected, actual);
        differences.compareFlows(toleranceTicks, sameHopRecords);
        if (sameHopRecords) {
            differences.compareNextHops();
            differences.compareBackends();
        }
        differences.compareNumbers();
        differences.compareWords(MapNames.OPENS);
        differences.compareWords(MapNames.OPEN_LINES);
        differences.compareStatistics();
        return differences.found;
    }

    /**
     * Differences between the datagrams in fragments: a walk over megabytes.
     *
     * @param expected of the first engine
     * @param actual of the second engine
     * @return the first of them; empty if there are none
     */
    public static List<String> inDatagrams(final EngineTables expected, final EngineTables actual) {
        final TableDifferences differences = new TableDifferences(expected, actual);
        differences.compareDatagrams();
        return differences.found;
    }

    /**
     * What one side counted and the other didn't.
     *
     * @param expected the first engine's counts; what is missing is 0
     * @param actual the second engine's counts
     * @return each difference
     */
    public static List<String> inCounts(final Map<Counter, Long> expected, final Map<Counter, Long> actual) {
        final List<String> differences = new ArrayList<>();
        for (final Counter counter : Counter.values()) {
            final long first = expected.getOrDefault(counter, 0L);
            final long second = actual.getOrDefault(counter, 0L);
            if (first != second) {
                differences.add(counter.label() + ": " + first + " / " + second);
            }
        }
        return differences;
    }

    /**
     * Differences in a connection's two slots.
     *
     * @param expected of the first engine
     * @param actual of the second engine, of the same sizes
     * @param slotIndex one of the slots, in use in the first table
     * @return the first of them; empty if there are none
     */
    static List<String> inFlow(final EngineTables expected, final EngineTables actual, final int slotIndex) {
        final TableDifferences differences = new TableDifferences(expected, actual);
        final Pair flows = differences.pair(MapNames.FLOWS);
        final long slot = (long) slotIndex * FlowDescriptor.LENGTH;
        differences.compareFlow(flows, slot, 0, false);
        final int peer = flows.first.getInt(slot + FlowDescriptor.PEER_INDEX_OFFSET);
        if (peer >= 0 && peer < expected.tables().sizes().flowSlotCount()) {
            differences.compareFlow(flows, (long) peer * FlowDescriptor.LENGTH, 0, false);
        }
        return differences.found;
    }

    private void compareFlows(final int toleranceTicks, final boolean sameHopRecords) {
        final Pair flows = pair(MapNames.FLOWS);
        for (long slot = 0; slot < flows.first.length(); slot += FlowDescriptor.LENGTH) {
            compareFlow(flows, slot, toleranceTicks, sameHopRecords);
        }
    }

    private void compareFlow(
            final Pair flows, final long slot, final int toleranceTicks, final boolean sameHopRecords) {
        compareWord(flows, slot, FlowDescriptor.CONTROL_OFFSET);
        compareWord(flows, slot, FlowDescriptor.HOP_OFFSET);
        if (!isUsed(flows.first, slot) || !isUsed(flows.second, slot)) {
            return;
        }
        compareIdle(flows, slot, toleranceTicks);
        for (int word = FlowDescriptor.PEER_INDEX_OFFSET; word < FlowDescriptor.LENGTH; word += Integer.BYTES) {
            if (sameHopRecords || word != FlowDescriptor.BACKEND_INDEX_OFFSET) {
                compareWord(flows, slot, word);
            } else {
                compareWay(flows, slot);
            }
        }
    }

    /** All but the times; of a slot that is free, its control word, whose version outlives the datagram. */
    private void compareDatagrams() {
        final Pair datagrams = pair(MapNames.FRAGMENTS);
        for (long slot = 0; slot < datagrams.first.length(); slot += FragmentDescriptor.LENGTH) {
            compareWord(datagrams, slot, FragmentDescriptor.CONTROL_OFFSET);
            final int control = datagrams.first.getInt(slot + FragmentDescriptor.CONTROL_OFFSET);
            if ((control & FragmentDescriptor.STATE_MASK) != FragmentDescriptor.STATE_FREE) {
                for (int word = FragmentDescriptor.FLOW_INDEX_OFFSET;
                        word < FragmentDescriptor.LENGTH;
                        word += Integer.BYTES) {
                    compareWord(datagrams, slot, word);
                }
            }
        }
    }

    private static boolean isUsed(final SharedMemory flows, final long slotOffset) {
        final int control = flows.getInt(slotOffset + FlowDescriptor.CONTROL_OFFSET);
        return (control & FlowDescriptor.STATE_MASK) != FlowState.FREE;
    }

    /** The word has the backend's index and the next hop's. */
    private void compareWay(final Pair flows, final long slot) {
        final int first = flows.first.getInt(slot + FlowDescriptor.BACKEND_INDEX_OFFSET);
        final int second = flows.second.getInt(slot + FlowDescriptor.BACKEND_INDEX_OFFSET);
        if ((first & 0xffff) != (second & 0xffff)) {
            compareWord(flows, slot, FlowDescriptor.BACKEND_INDEX_OFFSET);
        }
        final HopWay firstWay = HopWay.of(firstHops, first >>> Short.SIZE);
        final HopWay secondWay = HopWay.of(secondHops, second >>> Short.SIZE);
        if (firstWay != null && secondWay != null && !firstWay.equals(secondWay)) {
            add("way of flow slot " + slot / FlowDescriptor.LENGTH + ": " + firstWay + " / " + secondWay);
        }
    }

    private void compareIdle(final Pair flows, final long slot, final int toleranceTicks) {
        final long offset = slot + FlowDescriptor.LAST_SEEN_TICKS_OFFSET;
        final int firstIdle = FlowDescriptor.ticks(expected.nowNs()) - flows.first.getInt(offset);
        final int secondIdle = FlowDescriptor.ticks(actual.nowNs()) - flows.second.getInt(offset);
        if (Math.abs(firstIdle - secondIdle) > toleranceTicks) {
            add("flow slot " + slot / FlowDescriptor.LENGTH + " idle ticks: " + firstIdle + " / " + secondIdle);
        }
    }

    private void compareNextHops() {
        final Pair hops = pair(MapNames.NEXT_HOPS);
        for (long hop = 0; hop < hops.first.length(); hop += NextHopDescriptor.LENGTH) {
            compareWord(hops, hop, NextHopDescriptor.STATE_OFFSET);
            if (hops.first.getInt(hop + NextHopDescriptor.STATE_OFFSET) != NextHopDescriptor.STATE_FREE) {
                for (int word = Integer.BYTES; word < NextHopDescriptor.PROVED_NS_OFFSET; word += Integer.BYTES) {
                    compareWord(hops, hop, word);
                }
                compareProved(hops, hop + NextHopDescriptor.PROVED_NS_OFFSET);
            }
        }
    }

    private void compareProved(final Pair hops, final long offset) {
        final long first = hops.first.getLong(offset);
        final long second = hops.second.getLong(offset);
        if (Math.abs(first - second) > PROVED_TOLERANCE_NS) {
            add("next hop " + offset / NextHopDescriptor.LENGTH + " provedNs: " + first + " / " + second);
        }
    }

    private void compareBackends() {
        final Pair backends = pair(MapNames.BACKENDS);
        for (long offset = 0; offset < backends.first.length(); offset += Integer.BYTES) {
            final long inRecord = offset % BackendDescriptor.LENGTH;
            compareWord(backends, offset - inRecord, (int) inRecord);
        }
    }

    /** Counts of open connections. */
    private void compareWords(final String mapName) {
        final Pair words = pair(mapName);
        final long length = expected.tables().sizes().length(mapName);
        for (long offset = 0; offset < length; offset += Integer.BYTES) {
            compareWord(words, offset, 0);
        }
    }

    /** What is known of sequence numbers; what is left of former connections is the same too. */
    private void compareNumbers() {
        final Pair records = pair(MapNames.FLOW_TCP);
        final long length = expected.tables().sizes().length(MapNames.FLOW_TCP);
        for (long offset = 0; offset < length; offset += Integer.BYTES) {
            final long inRecord = offset % FlowTcpDescriptor.LENGTH;
            compareWord(records, offset - inRecord, (int) inRecord);
        }
    }

    /** Engines count in rows of their own, so the sums over the rows count. */
    private void compareStatistics() {
        final Pair rows = pair(MapNames.BACKEND_STATS);
        final long rowLength = BackendStatsDescriptor.recordOffset(
                1, 0, expected.tables().sizes().backendCapacity());
        for (long offset = 0; offset < rowLength; offset += Long.BYTES) {
            long first = 0;
            long second = 0;
            for (long row = offset; row < rows.first.length(); row += rowLength) {
                first += rows.first.getLong(row);
                second += rows.second.getLong(row);
            }
            if (first != second) {
                add("statistics of backend " + offset / BackendStatsDescriptor.LENGTH + " at byte "
                        + offset % BackendStatsDescriptor.LENGTH + ": " + first + " / " + second);
            }
        }
    }

    private Pair pair(final String mapName) {
        return new Pair(
                mapName, expected.tables().region(mapName), actual.tables().region(mapName));
    }

    private void compareWord(final Pair table, final long recordOffset, final int wordOffset) {
        final long offset = recordOffset + wordOffset;
        if (!table.isSame(offset)) {
            add(String.format(
                    "%s at byte %#x, word at %d of its record: %08x / %08x",
                    table.name, recordOffset, wordOffset, table.first.getInt(offset), table.second.getInt(offset)));
        }
    }

    private void add(final String difference) {
        if (found.size() < SHOWN_COUNT) {
            found.add(difference);
        }
    }
}
