package io.fastpath.bench.suite;

import io.fastpath.bench.stage.FlowSet;
import io.fastpath.kernelbpf.layout.Forwarding;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Question: what does it cost to enter a connection into the flow table, and to remove it?
 *
 * <p>Workload: 1,024 connections under full NAT come to, or go from, a table that holds {@code flowCount} others, at load
 * factor 0.55 when they are in. Both directions, the choice of a source port included; so two random places of memory per
 * connection. Bringing the table back to where it was is not timed. Per connection.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FlowChangeBench {
    private static final int BURST_LENGTH = 1024;

    /** A table and the next connections. */
    @State(Scope.Thread)
    public abstract static class Burst {
        @Param({"1024", "65536", "1048576"})
        public int flowCount;

        private FlowSet flows;
        private int first;

        /** Fills the table. */
        @Setup
        public void fill() {
            flows = new FlowSet(flowCount, BURST_LENGTH, Forwarding.FULL_NAT);
            first = flowCount;
        }

        int openAll() {
            int count = 0;
            for (int i = 0; i < BURST_LENGTH; i++) {
                count += flows.open(first + i) ? 1 : 0;
            }
            return checked(count);
        }

        int removeAll() {
            int count = 0;
            for (int i = 0; i < BURST_LENGTH; i++) {
                count += flows.remove(first + i) ? 1 : 0;
            }
            first += BURST_LENGTH;
            return checked(count);
        }

        private static int checked(final int count) {
            if (BURST_LENGTH - count > BURST_LENGTH / FlowSet.MISSING_LIMIT) {
                throw new IllegalStateException("only " + count + " connections came or went");
            }
            return count;
        }
    }

    /** Connections to come. */
    @State(Scope.Thread)
    public static class Arrivals extends Burst {
        /** Room again. */
        @TearDown(Level.Invocation)
        public void undo() {
            removeAll();
        }
    }

    /** Connections to go. */
    @State(Scope.Thread)
    public static class Departures extends Burst {
        /** There again. */
        @Setup(Level.Invocation)
        public void prepare() {
            openAll();
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST_LENGTH)
    public int insert(final Arrivals burst) {
        return burst.openAll();
    }

    @Benchmark
    @OperationsPerInvocation(BURST_LENGTH)
    public int remove(final Departures burst) {
        return burst.removeAll();
    }
}
