package io.fastpath.bench.suite;

import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.maglev.MaglevTable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Question: how long does a service wait for its Maglev table when a backend comes or goes?
 *
 * <p>Workload: a table of 65,537 slots from nothing, for backends of equal weight. Per table, on the heap; writing the
 * changed slots to shared memory is not part of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MaglevBench {
    private static final int FIRST_ADDRESS = 10 << 24 | 8 << 16 | 1;
    private static final int PORT = 8080;

    @Param({"10", "100", "1000"})
    public int backendCount;

    private List<BackendSpec> backends;

    /** Names the backends. */
    @Setup
    public void name() {
        backends = IntStream.range(0, backendCount)
                .mapToObj(i -> new BackendSpec(address(FIRST_ADDRESS + i), PORT, 1))
                .toList();
    }

    @Benchmark
    public MaglevTable build() {
        return MaglevTable.build(backends, MaglevSize.DEFAULT);
    }

    private static Address address(final int number) {
        return Address.ofBytes(
                new byte[] {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number});
    }
}
