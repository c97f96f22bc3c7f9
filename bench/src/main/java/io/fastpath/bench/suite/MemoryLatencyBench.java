package io.fastpath.bench.suite;

import io.fastpath.bench.stage.Shuffle;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Question: how long does this machine take to fetch one line of memory? Everything that looks flows up is to be judged by
 * that: the flow table of 1,048,576 connections has 233 MiB, that of 4,194,304 has 931 MiB.
 *
 * <p>Workload: lines in random order, each naming the next, in pages of 4 KiB. Per line.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryLatencyBench {
    private static final int STEP_COUNT = 32;
    private static final int LINE_SHIFT = 6;
    private static final int LINES_PER_MEGABYTE = 1 << 20 - LINE_SHIFT;

    @Param({"1", "16", "256", "1024"})
    public int megabytes;

    private SharedMemory memory;
    private int line;

    /** Links the lines. */
    @Setup
    public void link() {
        final int lineCount = megabytes * LINES_PER_MEGABYTE;
        memory = SharedMemory.allocate((long) lineCount << LINE_SHIFT);
        final Shuffle order = new Shuffle(lineCount);
        int from = line;
        for (int i = 0; i < lineCount; i++) {
            final int to = order.next();
            memory.putInt((long) from << LINE_SHIFT, to);
            from = to;
        }
    }

    @Benchmark
    @OperationsPerInvocation(STEP_COUNT)
    public int chase() {
        for (int i = 0; i < STEP_COUNT; i++) {
            line = memory.getInt((long) line << LINE_SHIFT);
        }
        return line;
    }
}
