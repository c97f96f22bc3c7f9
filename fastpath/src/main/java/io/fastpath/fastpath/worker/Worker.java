package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.Umem;
import io.fastpath.afxdpnative.xsk.XskPoller;
import io.fastpath.afxdpnative.xsk.XskSocket;
import io.fastpath.fastpath.config.IdleMode;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.shadow.ShadowSampler;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link WorkerAgent} and its thread. Made, started and closed by the control thread; {@link #stats()} may be read by any.
 * An exception on the worker's thread is logged, and the duty cycle goes on: one bad cycle must not stop the
 * forwarding.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Worker.class);

    /** A park of 50 us to 500 us: short beside the stall limit, long enough to leave the CPU to others. */
    private static final long PARK_MIN_NS = 50_000;

    private static final long PARK_MAX_NS = 500_000;
    private static final long SPINS = 100;
    private static final long YIELDS = 20;

    /** A thread that has not done a cycle by then does not get its CPU. */
    private static final long BEGIN_LIMIT_NS = 10_000_000_000L;

    private final int index;
    private final WorkerStats stats;
    private final XskPoller poller;
    private final AgentRunner runner;

    private long restCycle;
    private final AtomicReference<Throwable> beginFailure = new AtomicReference<>();

    private Worker(
            final Place place, final WorkerContext context, final XskPoller poller, final IdleStrategy idleStrategy) {
        this.index = place.index();
        this.stats = context.stats();
        this.poller = poller;
        runner = new AgentRunner(idleStrategy, errorHandler(), null, new WorkerAgent(context));
    }

    private ErrorHandler errorHandler() {
        final FailureLog log = new FailureLog(LOGGER, "worker " + index, SystemNanoClock.INSTANCE);
        return failure -> {
            if (stats.get(WorkerStats.CYCLES) == 0) {
                beginFailure.compareAndSet(null, failure);
            } else {
                log.onError(failure);
            }
        };
    }

    /**
     * Where a worker stands among the workers.
     *
     * @param index from 0
     * @param count of workers
     * @param cpu to be pinned to, -1 for none
     * @param idle what it does without work
     * @param stallLimitNs a cycle that takes longer is a stall: the kernel engine takes the worker's packets
     */
    public record Place(int index, int count, int cpu, IdleMode idle, long stallLimitNs) {}

    /**
     * A socket, and the slot of its interface.
     *
     * @param interfaceSlot in the interface table
     * @param socket bound to one of the interface's queues
     */
    public record Port(int interfaceSlot, XskSocket socket) {}

    /**
     * Makes a worker.
     *
     * @param place among the workers
     * @param umem its packet memory
     * @param pool its frames, all free
     * @param ports its sockets
     * @param queues the queue table
     * @param pipeline concluded, over the same packet memory
     * @param shadow takes a sample of its packets
     * @return the worker, not started; close it before the sockets
     */
    public static Worker make(
            final Place place,
            final Umem umem,
            final FramePool pool,
            final List<Port> ports,
            final SharedMemory queues,
            final PipelineContext pipeline,
            final ShadowSampler shadow) {
        final List<QueuePort> queuePorts = new ArrayList<>();
        for (final Port port : ports) {
            queuePorts.add(QueuePort.of(port.interfaceSlot(), port.socket(), queues));
        }
        final WorkerContext context = new WorkerContext()
                .worker(place.index(), place.count())
                .cpu(place.cpu())
                .stallLimitNs(place.stallLimitNs())
                .frames(pool, umem.layout().frameLength())
                .ports(queuePorts)
                .pipeline(pipeline)
                .shadow(shadow)
                .conclude();
        final XskPoller poller = new XskPoller(ports.stream().map(Port::socket).toList());
        return new Worker(place, context, poller, idleStrategy(place.idle(), poller));
    }

    private static IdleStrategy idleStrategy(final IdleMode mode, final XskPoller poller) {
        return switch (mode) {
            case BUSY -> BusySpinIdleStrategy.INSTANCE;
            case BACKOFF -> new BackoffIdleStrategy(SPINS, YIELDS, PARK_MIN_NS, PARK_MAX_NS);
            case POLL -> new PollIdleStrategy(poller::poll);
        };
    }

    /**
     * Starts the thread and waits until it works.
     *
     * @throws IllegalStateException if it can't, for example because the CPU is not this process's to use
     */
    public void start() {
        AgentRunner.startOnThread(runner);
        final long startNs = System.nanoTime();
        while (stats.get(WorkerStats.CYCLES) == 0) {
            final Throwable failure = beginFailure.get();
            if (failure != null) {
                throw new IllegalStateException("worker " + index + " can't start: " + failure.getMessage(), failure);
            }
            if (System.nanoTime() - startNs > BEGIN_LIMIT_NS) {
                throw new IllegalStateException("worker " + index + " did not begin within "
                        + TimeUnit.NANOSECONDS.toSeconds(BEGIN_LIMIT_NS) + " s: is its CPU free?");
            }
            LockSupport.parkNanos(PARK_MIN_NS);
        }
    }

    /**
     * What the worker tells of itself.
     *
     * @return live figures
     */
    public WorkerStats stats() {
        return stats;
    }

    /**
     * Whether no packet was on its way when the worker last told, since {@link #forgetRest()} and some 10 ms ago at most.
     *
     * @return true if all its frames are free or wait for packets
     */
    public boolean isAtRest() {
        return stats.get(WorkerStats.CYCLES) > restCycle
                && stats.get(WorkerStats.FRAMES_RX)
                                + stats.get(WorkerStats.FRAMES_TX)
                                + stats.get(WorkerStats.FRAMES_KERNEL_TX)
                                + stats.get(WorkerStats.FRAMES_COMPLETION)
                        == 0;
    }

    /** Lets {@link #isAtRest()} count only what the worker tells from now on; the control thread's. */
    public void forgetRest() {
        restCycle = stats.get(WorkerStats.CYCLES);
    }

    /** Ends the thread and waits for that. */
    @Override
    public void close() {
        runner.close();
        poller.close();
    }
}
