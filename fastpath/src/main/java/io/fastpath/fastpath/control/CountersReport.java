package io.fastpath.fastpath.control;

import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What {@code counters} answers. Immutable; the components' names are the JSON's, and don't change. The keys of the maps
 * are the labels of {@link Counter}, in the order of codes.
 *
 * @param counters sums over all writers.
 * @param kernel what the XDP program and the kernel engine counted.
 * @param userspace what the workers counted.
 */
public record CountersReport(Map<String, Long> counters, Map<String, Long> kernel, Map<String, Long> userspace) {
    /**
     * Reads all counters.
     *
     * @param tables of an instance, alive or dead.
     * @return their values now.
     */
    public static CountersReport of(final SharedTables tables) {
        final CounterReader reader = new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes());
        return new CountersReport(values(reader::total), values(reader::kernelTotal), values(reader::workerTotal));
    }

    private static Map<String, Long> values(final ToLongFunction<Counter> reader) {
        final Map<String, Long> values = new LinkedHashMap<>();
        for (final Counter counter : Counter.values()) {
            values.put(counter.label(), reader.applyAsLong(counter));
        }
        return values;
    }
}
