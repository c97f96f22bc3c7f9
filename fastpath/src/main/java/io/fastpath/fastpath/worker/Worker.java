package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.Umem;
import io.fastpath.afxdpnative.xsk.XskPoller;
import io.fastpath.afxdpnative.xsk.XskSocket;
import io.fastpath.fastpath.config.IdleMode;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
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

    private final WorkerStats stats;
    private final XskPoller poller;
    private final AgentRunner runner;

    private Worker(final WorkerStats stats, final XskPoller poller, final AgentRunner runner) {
        this.stats = stats;
        this.poller = poller;
        this.runner = runner;
    }

    /**
     * Where a worker stands among the workers.
     *
     * @param index from 0
     * @param count of workers
     * @param cpu to be pinned to, -1 for none
     * @param idle what it does without work
     */
    public record Place(int index, int count, int cpu, IdleMode idle) {}

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
     * @return the worker, not started; close it before the sockets
     */
    public static Worker make(
            final Place place,
            final Umem umem,
            final FramePool pool,
            final List<Port> ports,
            final SharedMemory queues,
            final PipelineContext pipeline) {
        final List<QueuePort> queuePorts = new ArrayList<>();
        for (final Port port : ports) {
            queuePorts.add(
                    new QueuePort(port.interfaceSlot(), port.socket().config().queueIndex(), port.socket(), queues));
        }
        final WorkerContext context = new WorkerContext()
                .worker(place.index(), place.count())
                .cpu(place.cpu())
                .frames(pool, umem.config().frameLength())
                .ports(queuePorts)
                .pipeline(pipeline)
                .conclude();
        final XskPoller poller = new XskPoller(ports.stream().map(Port::socket).toList());
        final AgentRunner runner = new AgentRunner(
                idleStrategy(place.idle(), poller),
                failure -> LOGGER.error("worker {} failed in a cycle", place.index(), failure),
                null,
                new WorkerAgent(context));
        return new Worker(context.stats(), poller, runner);
    }

    private static IdleStrategy idleStrategy(final IdleMode mode, final XskPoller poller) {
        return switch (mode) {
            case BUSY -> BusySpinIdleStrategy.INSTANCE;
            case BACKOFF -> new BackoffIdleStrategy(SPINS, YIELDS, PARK_MIN_NS, PARK_MAX_NS);
            case POLL -> new PollIdleStrategy(poller::poll);
        };
    }

    /** Starts the thread. */
    public void start() {
        AgentRunner.startOnThread(runner);
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
     * Whether no packet was on its way when the worker last told, some 10 ms ago at most.
     *
     * @return true if all its frames are free or wait for packets
     */
    public boolean isAtRest() {
        return stats.get(WorkerStats.FRAMES_RX)
                        + stats.get(WorkerStats.FRAMES_TX)
                        + stats.get(WorkerStats.FRAMES_KERNEL_TX)
                        + stats.get(WorkerStats.FRAMES_COMPLETION)
                == 0;
    }

    /** Ends the thread and waits for that. */
    @Override
    public void close() {
        runner.close();
        poller.close();
    }
}
