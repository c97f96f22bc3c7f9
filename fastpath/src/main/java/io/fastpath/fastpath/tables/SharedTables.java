package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.HashMap;
import java.util.Map;

/**
 * The shared tables of one instance: a region of memory for each of {@link MapNames#MAPPABLE}, at least as large as
 * {@link TableSizes} says. Where the memory comes from is the maker's business: mapped BPF arrays in the product, the
 * heap of C in tests and benchmarks. Immutable; any thread.
 */
public final class SharedTables {
    private final TableSizes sizes;
    private final Map<String, SharedMemory> regions;

    /**
     * Puts regions together.
     *
     * @param sizes how many records each holds
     * @param regions by the names in {@link MapNames#MAPPABLE}
     * @throws IllegalArgumentException if one is missing or too small, naming it
     */
    public SharedTables(final TableSizes sizes, final Map<String, SharedMemory> regions) {
        this.sizes = sizes;
        this.regions = Map.copyOf(regions);
        for (final String mapName : MapNames.MAPPABLE) {
            final SharedMemory region = region(mapName);
            if (region.length() < sizes.length(mapName)) {
                throw new IllegalArgumentException("table " + mapName + " has " + region.length() + " bytes, "
                        + sizes.length(mapName) + " are needed");
            }
        }
    }

    /**
     * Tables in memory of this process alone, zeroed, for tests and benchmarks. They are never freed.
     *
     * @param sizes how many records each holds
     * @return the tables; their configuration record is not written
     */
    public static SharedTables allocate(final TableSizes sizes) {
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String mapName : MapNames.MAPPABLE) {
            regions.put(mapName, SharedMemory.allocate(sizes.length(mapName)));
        }
        return new SharedTables(sizes, regions);
    }

    /**
     * How many records each table has.
     *
     * @return the sizes
     */
    public TableSizes sizes() {
        return sizes;
    }

    /**
     * A table's memory.
     *
     * @param mapName one of {@link MapNames#MAPPABLE}
     * @return the region
     */
    public SharedMemory region(final String mapName) {
        final SharedMemory region = regions.get(mapName);
        if (region == null) {
            throw new IllegalArgumentException("table " + mapName + " is missing, there are " + regions.keySet());
        }
        return region;
    }
}
