package io.fastpath.bench.suite;

import io.fastpath.afxdpnative.ring.CompletionRing;
import io.fastpath.afxdpnative.ring.FillRing;
import io.fastpath.afxdpnative.ring.RxRing;
import io.fastpath.afxdpnative.ring.TxRing;
import io.fastpath.afxdpnative.ring.XdpRingDescriptor;
import io.fastpath.bench.stage.KernelRing;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Question: what does a descriptor cost in each of the four AF_XDP rings? Design figure: 1.5 to 2.5 ns.
 *
 * <p>Workload: rings of 2,048 entries on memory, in batches of 64. The kernel's side is one store per batch by the same
 * thread, so the lines of the indices never come from another CPU. {@code cycle} is what one forwarded packet asks of all
 * four: rx, tx, completion, fill. Per descriptor; of the cycle, per packet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBench {
    private static final int BATCH_LENGTH = 64;
    private static final int ENTRY_COUNT = 2048;
    private static final int FRAME_LENGTH = 2048;
    private static final long FRAME_MASK = -FRAME_LENGTH;
    private static final long UMEM_MASK = (long) ENTRY_COUNT * FRAME_LENGTH - 1;
    private static final int PACKET_LENGTH = 60;

    private final KernelRing fillKernel = new KernelRing(ENTRY_COUNT, XdpRingDescriptor.ADDRESS_ENTRY_LENGTH);
    private final KernelRing rxKernel = new KernelRing(ENTRY_COUNT, XdpRingDescriptor.PACKET_ENTRY_LENGTH);
    private final KernelRing txKernel = new KernelRing(ENTRY_COUNT, XdpRingDescriptor.PACKET_ENTRY_LENGTH);
    private final KernelRing completionKernel = new KernelRing(ENTRY_COUNT, XdpRingDescriptor.ADDRESS_ENTRY_LENGTH);
    private final FillRing fill = new FillRing(fillKernel.memory());
    private final RxRing rx = new RxRing(rxKernel.memory());
    private final TxRing tx = new TxRing(txKernel.memory());
    private final CompletionRing completion = new CompletionRing(completionKernel.memory());

    private long frameOffset;

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public int fill() {
        final int count = full(fill.reserve(BATCH_LENGTH));
        for (int i = 0; i < count; i++) {
            fill.put(i, nextFrame());
        }
        fill.submit(count);
        return fillKernel.take(count);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public long rx() {
        rxKernel.produce(BATCH_LENGTH);
        final int count = full(rx.peek(BATCH_LENGTH));
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += rx.dataOffset(i) + rx.length(i);
        }
        rx.release(count);
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public int tx() {
        final int count = full(tx.reserve(BATCH_LENGTH));
        for (int i = 0; i < count; i++) {
            tx.put(i, nextFrame(), PACKET_LENGTH);
        }
        tx.submit(count);
        return txKernel.take(count);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public long completion() {
        completionKernel.produce(BATCH_LENGTH);
        final int count = full(completion.peek(BATCH_LENGTH));
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += completion.dataOffset(i);
        }
        completion.release(count);
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH_LENGTH)
    public int cycle() {
        rxKernel.produce(BATCH_LENGTH);
        final int received = full(Math.min(rx.peek(BATCH_LENGTH), tx.reserve(BATCH_LENGTH)));
        for (int i = 0; i < received; i++) {
            tx.put(i, rx.dataOffset(i), rx.length(i));
        }
        rx.release(received);
        tx.submit(received);
        completionKernel.produce(txKernel.take(received));
        final int sent = full(Math.min(completion.peek(BATCH_LENGTH), fill.reserve(BATCH_LENGTH)));
        for (int i = 0; i < sent; i++) {
            fill.put(i, completion.dataOffset(i) & FRAME_MASK);
        }
        completion.release(sent);
        fill.submit(sent);
        return fillKernel.take(sent);
    }

    private long nextFrame() {
        frameOffset = frameOffset + FRAME_LENGTH & UMEM_MASK;
        return frameOffset;
    }

    private static int full(final int count) {
        if (count != BATCH_LENGTH) {
            throw new IllegalStateException("a ring granted " + count + " entries instead of " + BATCH_LENGTH);
        }
        return count;
    }
}
