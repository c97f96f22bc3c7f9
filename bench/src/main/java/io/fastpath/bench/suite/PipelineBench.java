package io.fastpath.bench.suite;

import io.fastpath.bench.stage.PipelineStage;
import io.fastpath.lb.Protocol;
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
 * Question: what does one packet cost in Java, without a kernel? Targets, on a Xeon of 2.5 GHz: 50 ns with 1,024 live
 * connections, 120 ns with 1,048,576; 0 B/op always.
 *
 * <p>Workload: 64-byte IPv4 frames in full batches of 64 through parse, look-up, state, rewrite with incremental checksums
 * under full NAT, counters, and one reading of the clock per batch. The connections are established by handshakes (UDP: by
 * a datagram each way) and their packets come in random order. The flow table is sized for them, load factor 0.55, in pages
 * of 4 KiB. Per packet.
 *
 * <p>The pipeline rewrites in place, so frames must be made anew. That is done for 1,024 frames at a time, in a UMEM of 2
 * MiB, and is not part of the time: JMH reads the clock twice per 1,024 packets, which is 0.05 ns each. So the packets wait
 * in the second- or third-level cache, as received ones do, and not in the first. The rings are not part of it either; see
 * {@link RingBench}.
 *
 * <p>{@code newFlows} is the first packet of a connection: service, Maglev, port choice, two slots; the connections of a
 * burst are removed again before the next, not timed. Routes answer at once.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipelineBench {
    /** A worker's pipeline and its next burst. */
    @State(Scope.Thread)
    public abstract static class Burst {
        @Param({"1024", "1048576"})
        public int flowCount;

        @Param({"tcp", "udp"})
        public String protocol;

        PipelineStage stage;

        /** Establishes the connections. */
        @Setup
        public void establish() {
            stage = new PipelineStage(flowCount, spareCount(), Protocol.ofLabel(protocol));
        }

        /** Every packet must have been forwarded. */
        @TearDown(Level.Invocation)
        public void check() {
            stage.check();
        }

        int spareCount() {
            return 0;
        }
    }

    /** Packets of clients. */
    @State(Scope.Thread)
    public static class Requests extends Burst {
        /** Frames. */
        @Setup(Level.Invocation)
        public void write() {
            stage.writeRequests();
        }
    }

    /** Packets of backends. */
    @State(Scope.Thread)
    public static class Replies extends Burst {
        /** Frames. */
        @Setup(Level.Invocation)
        public void write() {
            stage.writeReplies();
        }
    }

    /** First packets of clients. */
    @State(Scope.Thread)
    public static class Openings extends Burst {
        /** Frames. */
        @Setup(Level.Invocation)
        public void write() {
            stage.writeOpenings();
        }

        /** Room again. */
        @TearDown(Level.Invocation)
        public void remove() {
            stage.removeOpened();
        }

        @Override
        int spareCount() {
            return PipelineStage.BURST_LENGTH;
        }
    }

    @Benchmark
    @OperationsPerInvocation(PipelineStage.BURST_LENGTH)
    public int requests(final Requests burst) {
        return burst.stage.run();
    }

    @Benchmark
    @OperationsPerInvocation(PipelineStage.BURST_LENGTH)
    public int replies(final Replies burst) {
        return burst.stage.run();
    }

    @Benchmark
    @OperationsPerInvocation(PipelineStage.BURST_LENGTH)
    public int newFlows(final Openings burst) {
        return burst.stage.run();
    }
}
