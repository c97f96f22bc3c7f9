package io.fastpath.bench.report;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports the memory that a benchmark's set-up measured beside its times: a benchmark {@link #set}s what it found, in its
 * own process. JMH makes the profiler in that process too.
 */
public final class MemoryProfiler implements InternalProfiler {
    /** Name of the result. */
    public static final String LABEL = "memory";

    private static volatile double bytesPerEntry;

    /**
     * The heap in use, garbage not counted.
     *
     * @return bytes
     */
    public static long usedHeap() {
        System.gc();
        System.gc(); // what the first one only queued
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * Says what the benchmark's data takes.
     *
     * @param bytes per entry
     */
    public static void set(final double bytes) {
        bytesPerEntry = bytes;
    }

    @Override
    public String getDescription() {
        return "memory of the benchmark's data, as its set-up measured it";
    }

    @Override
    public void beforeIteration(final BenchmarkParams benchmark, final IterationParams iteration) {}

    @Override
    public Collection<? extends Result<?>> afterIteration(
            final BenchmarkParams benchmark, final IterationParams iteration, final IterationResult result) {
        final double bytes = bytesPerEntry;
        return bytes == 0 ? List.of() : List.of(new ScalarResult(LABEL, bytes, "B/entry", AggregationPolicy.AVG));
    }
}
