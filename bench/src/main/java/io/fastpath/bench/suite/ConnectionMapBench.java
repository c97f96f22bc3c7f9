package io.fastpath.bench.suite;

import io.fastpath.bench.report.MemoryProfiler;
import io.fastpath.bench.rival.ConnectionMap;
import io.fastpath.bench.stage.Shuffle;
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
 * Question: what does the flow table cost beside maps that are there already?
 *
 * <p>Workload: {@code connectionCount} connections without source translation, each known by two tuples. {@code lookup}:
 * from a request's tuple to the backend, in random order, each waiting for the one before. {@code replace}: the oldest
 * connection goes and a new one comes, four tuples. Maps of objects get the tuple as a key object with the flow table's
 * hash, made for what is entered and reused for look-ups; their entries share one object per connection. Memory is the
 * heap's growth or the off-heap length, per connection. Per look-up or replacement.
 *
 * <p>What the others don't do: the flow table alone, and {@code jdk-concurrent} but for pairs, is safe for several writers;
 * the flow table alone can be read by the kernel. {@code agrona-long} has room for IPv4 and one VIP only, and for no state.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConnectionMapBench {
    private static final int BATCH_LENGTH = 32;

    @Param({"fastpath", "agrona-long", "agrona-object", "jdk-hash", "jdk-concurrent"})
    public String map;

    @Param({"65536", "1048576"})
    public int connectionCount;

    private ConnectionMap connections;
    private Shuffle order;
    private int oldest;

    /** Fills the map. */
    @Setup
    public void open() {
        order = new Shuffle(connectionCount);
        final long heapBefore = MemoryProfiler.usedHeap();
        connections = ConnectionMap.of(map, connectionCount);
        for (int number = 0; number < connectionCount; number++) {
            connections.open(number);
        }
        final long heap = MemoryProfiler.usedHeap() - heapBefore;
        MemoryProfiler.set((double) (heap + connections.offHeapLength()) / connectionCount);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public int lookup() {
        int missingCount = 0;
        int backend = 0;
        for (int i = 0; i < BATCH_LENGTH; i++) {
            final int isMissing = backend >>> Integer.SIZE - 1;
            missingCount += isMissing;
            backend = connections.backend(order.after(isMissing));
        }
        if (missingCount > 1) { // one in a million may be: see FlowSet
            throw new IllegalStateException(missingCount + " of " + BATCH_LENGTH + " connections were not found");
        }
        return backend;
    }

    @Benchmark
    public int replace() {
        connections.close(oldest);
        connections.open(oldest + connectionCount);
        return oldest++;
    }
}
