package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.shadow.ShadowSampler;
import java.util.List;
import java.util.Objects;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/** What a worker needs: settings and collaborators, set one by one and checked once by {@link #conclude()}. */
final class WorkerContext {
    /** An instance's workers share the sweep: worker i of n takes the i-th n-th of the flow table. */
    private int workerIndex;

    private int workerCount = 1;
    private int cpu = -1;
    private long stallLimitNs = 2_000_000;
    private int frameLength;
    private FramePool pool;
    private List<QueuePort> ports = List.of();
    private PipelineContext pipeline;
    private NanoClock clock = SystemNanoClock.INSTANCE;
    private WorkerStats stats = new WorkerStats();
    private ShadowSampler shadow = ShadowSampler.off();
    private FlowSweep sweep;

    WorkerContext worker(final int index, final int count) {
        workerIndex = index;
        workerCount = count;
        return this;
    }

    /** The CPU to be pinned to; -1 for none. */
    WorkerContext cpu(final int number) {
        cpu = number;
        return this;
    }

    /** A longer cycle is a stall. */
    WorkerContext stallLimitNs(final long limitNs) {
        stallLimitNs = limitNs;
        return this;
    }

    WorkerContext frames(final FramePool framePool, final int length) {
        pool = framePool;
        frameLength = length;
        return this;
    }

    WorkerContext ports(final List<QueuePort> queuePorts) {
        ports = List.copyOf(queuePorts);
        return this;
    }

    /** A concluded pipeline context. */
    WorkerContext pipeline(final PipelineContext context) {
        pipeline = context;
        return this;
    }

    WorkerContext clock(final NanoClock nanoClock) {
        clock = nanoClock;
        return this;
    }

    /** Where the worker tells of itself. */
    WorkerContext stats(final WorkerStats figures) {
        stats = figures;
        return this;
    }

    /** Who takes a sample of the packets; nobody if not set. */
    WorkerContext shadow(final ShadowSampler sampler) {
        shadow = sampler;
        return this;
    }

    /** Checks that all is there. */
    WorkerContext conclude() {
        Objects.requireNonNull(pool, "frames");
        Objects.requireNonNull(pipeline, "pipeline");
        if (ports.isEmpty()) {
            throw new IllegalStateException("worker " + workerIndex + " has no queue");
        }
        final NextHopTable hops = pipeline.nextHopTable();
        final FlowSweeper sweeper =
                new FlowSweeper(pipeline.flowTable(), workerIndex, workerCount, hops::isForgettable);
        sweep = new FlowSweep(sweeper, pipeline.flowTable().slotCount() / workerCount);
        return this;
    }

    int workerIndex() {
        return workerIndex;
    }

    int cpu() {
        return cpu;
    }

    long stallLimitNs() {
        return stallLimitNs;
    }

    int frameLength() {
        return frameLength;
    }

    FramePool pool() {
        return pool;
    }

    QueuePort[] ports() {
        return ports.toArray(QueuePort[]::new);
    }

    PipelineContext pipeline() {
        return pipeline;
    }

    NanoClock clock() {
        return clock;
    }

    WorkerStats stats() {
        return stats;
    }

    ShadowSampler shadow() {
        return shadow;
    }

    FlowSweep sweep() {
        return sweep;
    }
}
