package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.Pipeline;
import io.fastpath.fastpath.shadow.ShadowSampler;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.Arrays;
import org.agrona.LangUtil;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * A worker: takes frames from its queues, puts them through the pipeline, sends them on, and gives the frames back. One
 * pinned thread owns it with its rings, frames and pipeline; it allocates nothing and takes no lock.
 *
 * <p>A frame is at any moment in exactly one place: the free pool, a fill ring, the kernel or an rx ring, this worker's
 * batch, a tx ring or the kernel, a completion ring. {@link WorkerStats} tells the sums.
 *
 * <p>A failure inside a batch costs the packets of that batch, each counted as {@link Counter#DROP_INTERNAL}, and no frame.
 * The other queues get their turn, and {@link #doWork()} throws the failure at the cycle's end.
 */
public final class WorkerAgent implements Agent {
    private static final int TX_PACKETS = Counter.TX_PACKETS.code();
    private static final int TX_BYTES = Counter.TX_BYTES.code();
    private static final int DROP_INTERNAL = Counter.DROP_INTERNAL.code();
    private static final int NO_PORT = -1;
    private static final int STATS_INTERVAL_NS = 10_000_000;

    /** TCP_RTO_MIN of Linux (include/net/tcp.h): a sender that waits for so old a packet has sent it again. */
    private static final long LATE_LIMIT_NS = 200_000_000;

    private final WorkerContext context;
    private final int workerIndex;
    private final QueuePort[] ports;
    private final QueuePort[] egress = new QueuePort[InterfaceDescriptor.SLOTS];
    private final FramePool pool;
    private final FrameOrigins origins;
    private final Pipeline pipeline;
    private final ShadowSampler shadow;
    private final FlowSweep sweep;
    private final CounterRow counters;
    private final WorkerStats stats;
    private final NanoClock clock;
    private final PacketBatch batch = new PacketBatch();
    private final FrameCount frames = new FrameCount();
    private final long frameMask; // of a frame's start
    private final long stallLimitNs;

    private long cycleCount;
    private long lastCycleNs;
    private long longestCycleNs;
    private long stallCount;
    private long wakeUpCount;
    private long nextStatsNs;
    private boolean busy;
    private Throwable batchFailure; // the first one of this cycle

    /**
     * A worker.
     *
     * @param context concluded
     */
    WorkerAgent(final WorkerContext context) {
        this.context = context;
        workerIndex = context.workerIndex();
        ports = context.ports();
        pool = context.pool();
        origins = new FrameOrigins(ports, pool.frameCount(), context.frameLength());
        pipeline = new Pipeline(context.pipeline());
        shadow = context.shadow();
        sweep = context.sweep();
        counters = context.pipeline().counters();
        stats = context.stats();
        clock = context.clock();
        frameMask = -context.frameLength();
        stallLimitNs = context.stallLimitNs();
        Arrays.stream(ports).forEach(port -> egress[port.interfaceSlot()] = port);
    }

    @Override
    public void onStart() {
        if (context.cpu() >= 0) {
            CpuAffinity.pinCurrentThread(context.cpu());
        }
        for (final QueuePort port : ports) {
            port.workerIndex(workerIndex);
        }
        lastCycleNs = clock.nanoTime();
    }

    @Override
    public int doWork() {
        final long nowNs = clock.nanoTime();
        cycle(nowNs);
        int work = complete();
        work += refill();
        work += receive(nowNs);
        work += resume(nowNs);
        wake();
        work += sweep.poll(nowNs);
        busy = work > 0;
        throwBatchFailure();
        return work;
    }

    @Override
    public void onClose() {
        for (final QueuePort port : ports) {
            port.heartbeat(0);
        }
        pipeline.forsake();
        publishStats();
    }

    @Override
    public String roleName() {
        return "fastpath-worker-" + workerIndex;
    }

    private void cycle(final long nowNs) {
        final long sinceNs = nowNs - lastCycleNs;
        if (sinceNs - stallLimitNs > LATE_LIMIT_NS) {
            dropLate();
        }
        for (final QueuePort port : ports) {
            port.heartbeat(nowNs);
        }
        lastCycleNs = nowNs;
        cycleCount++;
        if (busy && sinceNs > longestCycleNs) {
            longestCycleNs = sinceNs;
        }
        if (sinceNs > stallLimitNs) {
            stallCount++;
        }
        if (nowNs - nextStatsNs >= 0) {
            nextStatsNs = nowNs + STATS_INTERVAL_NS;
            publishStats();
        }
    }

    private int complete() {
        int count = 0;
        for (final QueuePort port : ports) {
            count += port.complete(pool, origins);
        }
        return count;
    }

    private int refill() {
        int count = 0;
        for (final QueuePort port : ports) {
            count += port.refill(pool);
        }
        return count;
    }

    private int receive(final long nowNs) {
        int count = 0;
        for (int i = 0; i < ports.length; i++) {
            batch.clear();
            final int received = ports[i].receive(batch, frameMask);
            if (received > 0) {
                forward(i, nowNs);
                count += received;
            }
        }
        return count;
    }

    private void forward(final int ingressPortIndex, final long nowNs) {
        try {
            shadow.before(batch, nowNs);
            pipeline.process(batch, nowNs);
            shadow.after(batch);
        } catch (final RuntimeException | Error failure) {
            shadow.forget();
            discard(ingressPortIndex);
            batchFailure = batchFailure == null ? failure : batchFailure;
            return;
        }
        send(ingressPortIndex);
    }

    /** Fragments that waited for the first one of their datagram: done with when they were kept, they need frames anew. */
    private int resume(final long nowNs) {
        if (!pipeline.isHolding()) {
            return 0;
        }
        batch.clear();
        while (batch.count() < PacketBatch.CAPACITY && pool.freeCount() > 0) {
            final int index = pipeline.nextResumed(nowNs);
            if (index < 0) {
                break;
            }
            pipeline.resume(index, batch, (int) pool.acquire());
        }
        if (batch.count() == 0) {
            return 0;
        }
        try {
            pipeline.processResumed(batch, nowNs);
        } catch (final RuntimeException | Error failure) {
            discard(NO_PORT);
            batchFailure = batchFailure == null ? failure : batchFailure;
            return batch.count();
        }
        send(NO_PORT);
        return batch.count();
    }

    /** Nothing of the batch is sent: how far the pipeline came with it, nobody knows. */
    private void discard(final int ingressPortIndex) {
        for (int i = 0; i < batch.count(); i++) {
            pool.release(batch.frameOffset(i));
            done(ingressPortIndex);
        }
        counters.add(DROP_INTERNAL, batch.count());
    }

    /**
     * After a long stall: what is in the rx rings came before the gate saw the heartbeat age, and nothing comes in before
     * the next heartbeat.
     */
    private void dropLate() {
        for (int i = 0; i < ports.length; i++) {
            batch.clear();
            while (ports[i].receive(batch, frameMask) > 0) {
                pipeline.refuse(batch, Counter.DROP_LATE);
                send(i);
                batch.clear();
            }
        }
    }

    private void throwBatchFailure() {
        if (batchFailure != null) {
            final Throwable failure = batchFailure;
            batchFailure = null;
            LangUtil.rethrowUnchecked(failure);
        }
    }

    private void send(final int ingressPortIndex) {
        long bytes = 0;
        int sent = 0;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.egressSlot(i) != PacketBatch.NONE && !stage(i)) {
                batch.drop(i, Counter.DROP_TX_FULL);
            }
            if (batch.egressSlot(i) == PacketBatch.NONE) {
                pool.release(batch.frameOffset(i));
                done(ingressPortIndex);
            } else {
                origins.set(batch.frameOffset(i), ingressPortIndex);
                bytes += batch.length(i);
                sent++;
            }
        }
        pipeline.count(batch);
        if (sent > 0) {
            counters.add(TX_PACKETS, sent);
            counters.add(TX_BYTES, bytes);
            for (final QueuePort port : ports) {
                port.submit();
            }
        }
    }

    private void done(final int ingressPortIndex) {
        if (ingressPortIndex != NO_PORT) {
            ports[ingressPortIndex].done();
        }
    }

    private boolean stage(final int index) {
        final QueuePort port = egress[batch.egressSlot(index)];
        return port != null && port.stage(batch.packetOffset(index), batch.length(index));
    }

    private void wake() {
        for (final QueuePort port : ports) {
            wakeUpCount += port.wake();
        }
    }

    private void publishStats() {
        frames.clear();
        for (final QueuePort port : ports) {
            port.countLost();
            port.census(frames);
        }
        frames.publish(stats, pool);
        shadow.carryOver(counters);
        stats.set(WorkerStats.CYCLES, cycleCount);
        stats.set(WorkerStats.LONGEST_CYCLE_NS, longestCycleNs);
        stats.set(WorkerStats.STALLS, stallCount);
        stats.set(WorkerStats.WAKE_UPS, wakeUpCount);
        stats.set(WorkerStats.SWEPT_SLOTS, sweep.sweptCount());
    }
}
