package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.AffinityDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowTcpDescriptor;
import io.fastpath.kernelbpf.layout.FragmentDescriptor;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.LimitDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.layout.OpenDescriptor;
import io.fastpath.kernelbpf.layout.OpenLineDescriptor;
import io.fastpath.kernelbpf.layout.QueueDescriptor;
import io.fastpath.kernelbpf.layout.RateDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.layout.SourceDescriptor;
import io.fastpath.kernelbpf.layout.VlanDescriptor;

/**
 * How many records each shared table has: the numbers that a loader gives to the maps and that {@link ConfigRecord}
 * writes down for whoever opens them later. Immutable.
 *
 * @param flowSlotCount slots of the flow table, two per connection plus the load factor's reserve
 * @param serviceSlotCount slots of the service table
 * @param backendCapacity backends of all services together
 * @param nextHopCapacity next hops, index 0 not counted as usable
 * @param counterRowCount writers of counters: CPUs, then workers, then the control thread
 * @param cpuRowCount how many of them are CPUs
 * @param maglevEntryCount entries of the Maglev array, two copies per service
 * @param tcpSlotCount records beside the flow table: as many as its slots, or 1 where no service asks for them
 */
public record TableSizes(
        int flowSlotCount,
        int serviceSlotCount,
        int backendCapacity,
        int nextHopCapacity,
        int counterRowCount,
        int cpuRowCount,
        int maglevEntryCount,
        int tcpSlotCount) {
    /** 2^28 slots are 16 GiB, 100 million connections: beyond that a slot's age can't be swept in time. */
    public static final int FLOW_SLOT_LIMIT = 1 << 28;

    /** Services, backends and next hops are named by 16 bits; 0xffff means none. */
    public static final int INDEX_LIMIT = 0xffff;

    /** More CPUs and workers than any machine has; a row is half a page. */
    public static final int ROW_LIMIT = 1 << 14;

    /** 2^28 entries are 512 MiB, two copies of 65,537 entries for 2,000 services. */
    public static final int MAGLEV_ENTRY_LIMIT = 1 << 28;

    /**
     * Checks every number.
     *
     * @throws IllegalArgumentException naming the number, its value and what is allowed
     */
    public TableSizes {
        check("flowSlotCount", flowSlotCount, FLOW_SLOT_LIMIT);
        check("serviceSlotCount", serviceSlotCount, INDEX_LIMIT);
        check("backendCapacity", backendCapacity, INDEX_LIMIT);
        check("nextHopCapacity", nextHopCapacity, INDEX_LIMIT);
        check("counterRowCount", counterRowCount, ROW_LIMIT);
        check("cpuRowCount", cpuRowCount, counterRowCount);
        check("maglevEntryCount", maglevEntryCount, MAGLEV_ENTRY_LIMIT);
        check("tcpSlotCount", tcpSlotCount, flowSlotCount);
    }

    /**
     * Sizes without records beside the flow table.
     *
     * @param flowSlotCount slots of the flow table
     * @param serviceSlotCount slots of the service table
     * @param backendCapacity backends
     * @param nextHopCapacity next hops
     * @param counterRowCount writers of counters
     * @param cpuRowCount how many of them are CPUs
     * @param maglevEntryCount entries of the Maglev array
     */
    public TableSizes(
            final int flowSlotCount,
            final int serviceSlotCount,
            final int backendCapacity,
            final int nextHopCapacity,
            final int counterRowCount,
            final int cpuRowCount,
            final int maglevEntryCount) {
        this(
                flowSlotCount,
                serviceSlotCount,
                backendCapacity,
                nextHopCapacity,
                counterRowCount,
                cpuRowCount,
                maglevEntryCount,
                1);
    }

    /**
     * The same with a record beside each slot of the flow table.
     *
     * @return the new sizes
     */
    public TableSizes withTcpSlots() {
        return new TableSizes(
                flowSlotCount,
                serviceSlotCount,
                backendCapacity,
                nextHopCapacity,
                counterRowCount,
                cpuRowCount,
                maglevEntryCount,
                flowSlotCount);
    }

    /**
     * Whether there is a record beside each slot of the flow table.
     *
     * @return false where no service asked for them
     */
    public boolean hasTcpSlots() {
        return tcpSlotCount == flowSlotCount;
    }

    /**
     * The {@code max_entries} of a map.
     *
     * @param mapName one of {@link MapNames#MAPPABLE}
     * @return records
     */
    public int entryCount(final String mapName) {
        return switch (mapName) {
            case MapNames.CONFIG, MapNames.CONTROL -> 1;
            case MapNames.INTERFACES, MapNames.VLANS -> InterfaceDescriptor.SLOTS;
            case MapNames.QUEUES -> InterfaceDescriptor.QUEUE_SLOTS;
            case MapNames.SERVICES -> serviceSlotCount;
            case MapNames.MAGLEV -> maglevLineCount();
            case MapNames.BACKENDS -> backendCapacity;
            case MapNames.BACKEND_STATS -> Math.multiplyExact(counterRowCount, backendCapacity);
            case MapNames.NEXT_HOPS -> nextHopCapacity;
            case MapNames.FLOWS -> flowSlotCount;
            case MapNames.FLOW_TCP -> tcpSlotCount;
            case MapNames.FRAGMENTS -> FragmentDescriptor.SLOTS;
            case MapNames.COUNTERS -> counterRowCount;
            case MapNames.AFFINITIES -> AffinityDescriptor.LINES;
            case MapNames.SOURCES -> SourceDescriptor.ENTRIES;
            case MapNames.RATES -> serviceSlotCount;
            case MapNames.OPENS -> serviceSlotCount;
            case MapNames.OPEN_LINES -> OpenLineDescriptor.LINES;
            case MapNames.LIMITS -> LimitDescriptor.LINES;
            default -> throw unknown(mapName);
        };
    }

    /**
     * The {@code value_size} of a map.
     *
     * @param mapName one of {@link MapNames#MAPPABLE}
     * @return bytes
     */
    public static int recordLength(final String mapName) {
        return switch (mapName) {
            case MapNames.CONFIG -> ConfigDescriptor.LENGTH;
            case MapNames.CONTROL -> ControlDescriptor.LENGTH;
            case MapNames.INTERFACES -> InterfaceDescriptor.LENGTH;
            case MapNames.VLANS -> VlanDescriptor.LENGTH;
            case MapNames.QUEUES -> QueueDescriptor.LENGTH;
            case MapNames.SERVICES -> ServiceDescriptor.LENGTH;
            case MapNames.MAGLEV -> ServiceDescriptor.MAGLEV_LINE_ENTRIES * ServiceDescriptor.MAGLEV_ENTRY_LENGTH;
            case MapNames.BACKENDS -> BackendDescriptor.LENGTH;
            case MapNames.BACKEND_STATS -> BackendStatsDescriptor.LENGTH;
            case MapNames.NEXT_HOPS -> NextHopDescriptor.LENGTH;
            case MapNames.FLOWS -> FlowDescriptor.LENGTH;
            case MapNames.FLOW_TCP -> FlowTcpDescriptor.LENGTH;
            case MapNames.FRAGMENTS -> FragmentDescriptor.LENGTH;
            case MapNames.COUNTERS -> Counter.ROW_LENGTH;
            case MapNames.AFFINITIES -> AffinityDescriptor.LENGTH;
            case MapNames.SOURCES -> SourceDescriptor.LENGTH;
            case MapNames.RATES -> RateDescriptor.LENGTH;
            case MapNames.OPENS -> OpenDescriptor.LENGTH;
            case MapNames.OPEN_LINES -> OpenLineDescriptor.LENGTH;
            case MapNames.LIMITS -> LimitDescriptor.LENGTH;
            default -> throw unknown(mapName);
        };
    }

    /**
     * What a map's values take.
     *
     * @param mapName one of {@link MapNames#MAPPABLE}
     * @return bytes
     */
    public long length(final String mapName) {
        return (long) entryCount(mapName) * recordLength(mapName);
    }

    /**
     * How many rows belong to workers.
     *
     * @return rows after those of the CPUs; in an instance the last of them is the control thread's
     */
    public int workerRowCount() {
        return counterRowCount - cpuRowCount;
    }

    /**
     * The counter row of a worker.
     *
     * @param workerIndex from 0
     * @return its row
     */
    public int workerRow(final int workerIndex) {
        if (workerIndex < 0 || workerIndex >= workerRowCount()) {
            throw new IllegalArgumentException("worker " + workerIndex + " has none of the " + workerRowCount()
                    + " counter rows that are there for workers");
        }
        return cpuRowCount + workerIndex;
    }

    /**
     * The counter row of the control thread: the last one, which no worker of an instance has.
     *
     * @return its row
     */
    public int controlRow() {
        return counterRowCount - 1;
    }

    private int maglevLineCount() {
        return (maglevEntryCount + ServiceDescriptor.MAGLEV_LINE_ENTRIES - 1) / ServiceDescriptor.MAGLEV_LINE_ENTRIES;
    }

    private static void check(final String name, final int value, final int limit) {
        if (value < 1 || value > limit) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is 1 to " + limit);
        }
    }

    private static IllegalArgumentException unknown(final String mapName) {
        return new IllegalArgumentException("no table is called " + mapName + ", there are " + MapNames.MAPPABLE);
    }
}
