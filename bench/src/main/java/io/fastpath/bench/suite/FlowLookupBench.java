package io.fastpath.bench.suite;

import io.fastpath.bench.stage.Connections;
import io.fastpath.bench.stage.FlowSet;
import io.fastpath.bench.stage.MemoryBalancer;
import io.fastpath.bench.stage.Shuffle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
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
 * Question: what does a look-up in the flow table cost, and how much of it do batches hide?
 *
 * <p>Workload: the tuple of a known connection's request, in random order, its hash included. {@code oneByOne}: each
 * look-up waits for the one before, so that its whole latency is seen. {@code inBatches}: as the pipeline does it, 32 at a
 * time: hash all, load all home words, load all first candidates, find all. The table is sized for the connections, load
 * factor 0.55, 233 bytes each, in pages of 4 KiB: up to 65,536 connections (15 MB) it may fit a last-level cache, with
 * 1,048,576 (244 MB) and more it doesn't.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FlowLookupBench {
    private static final int BATCH_LENGTH = 32;
    private static final int PROTOCOL = Protocol.TCP.number();

    @Param({"1024", "65536", "1048576", "4194304"})
    public int flowCount;

    private final long[] client1 = new long[BATCH_LENGTH];
    private final int[] ports = new int[BATCH_LENGTH];
    private final int[] home = new int[BATCH_LENGTH];
    private final int[] hop = new int[BATCH_LENGTH];
    private FlowSet flows;
    private FlowTable table;
    private Shuffle order;

    /** Fills the table. */
    @Setup
    public void open() {
        flows = new FlowSet(flowCount, 0, Forwarding.FULL_NAT);
        table = flows.table();
        order = new Shuffle(flowCount);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public long oneByOne() {
        int missingCount = 0;
        long handle = 0;
        for (int i = 0; i < BATCH_LENGTH; i++) {
            final int isMissing = (int) (handle >>> Long.SIZE - 1);
            missingCount += isMissing;
            handle = flows.find(order.after(isMissing));
        }
        check(missingCount);
        return handle;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public long inBatches() {
        final long vip1 = MemoryBalancer.vipWord1();
        for (int i = 0; i < BATCH_LENGTH; i++) {
            final int number = order.next();
            client1[i] = Connections.clientWord1(number);
            ports[i] = Connections.ports(number, MemoryBalancer.VIP_PORT_BE);
            home[i] = table.home(table.hash(0, client1[i], 0, vip1, ports[i], PROTOCOL));
        }
        for (int i = 0; i < BATCH_LENGTH; i++) {
            hop[i] = table.hop(home[i]);
        }
        long touched = 0;
        for (int i = 0; i < BATCH_LENGTH; i++) {
            touched += table.touchCandidate(home[i], hop[i]);
        }
        int missingCount = 0;
        long handles = 0;
        for (int i = 0; i < BATCH_LENGTH; i++) {
            final long handle = table.find(home[i], hop[i], 0, client1[i], 0, vip1, ports[i], PROTOCOL);
            missingCount += (int) (handle >>> Long.SIZE - 1);
            handles ^= handle;
        }
        check(missingCount);
        return handles ^ touched;
    }

    /** One in a million is to be expected: see {@link FlowSet}. */
    private static void check(final int missingCount) {
        if (missingCount > 1) {
            throw new IllegalStateException(missingCount + " of " + BATCH_LENGTH + " connections were not found");
        }
    }
}
