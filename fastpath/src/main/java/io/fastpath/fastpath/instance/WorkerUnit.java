package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.Umem;
import io.fastpath.afxdpnative.xsk.BindMode;
import io.fastpath.afxdpnative.xsk.XskConfig;
import io.fastpath.afxdpnative.xsk.XskGroup;
import io.fastpath.afxdpnative.xsk.XskMap;
import io.fastpath.afxdpnative.xsk.XskSocket;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.fastpath.worker.Worker;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.List;
import java.util.function.ToIntFunction;

/** A worker with what it stands on: packet memory, sockets, thread. Control thread; closed after XDP is detached. */
final class WorkerUnit implements AutoCloseable {
    private final WorkerPlan plan;
    private final XskGroup sockets;
    private final Umem umem;
    private final Worker worker;
    private final Unwinder resources;

    private WorkerUnit(
            final WorkerPlan plan,
            final XskGroup sockets,
            final Umem umem,
            final Worker worker,
            final Unwinder resources) {
        this.plan = plan;
        this.sockets = sockets;
        this.umem = umem;
        this.worker = worker;
        this.resources = resources;
    }

    /** Makes the worker of a plan from what is concluded of it. */
    @FunctionalInterface
    interface WorkerFactory {
        /**
         * Makes a worker.
         *
         * @param plan of the worker
         * @param umem its packet memory
         * @param pool its frames
         * @param sockets one per queue of the plan, in its order
         * @return the worker, not started
         */
        Worker make(WorkerPlan plan, Umem umem, FramePool pool, List<XskSocket> sockets);
    }

    /**
     * Takes memory, sockets and a thread; the thread starts at once, with no socket in the XSKMAP yet.
     *
     * @param plan of the worker
     * @param config of the instance
     * @param factory of the worker
     * @return the unit; the caller closes it
     */
    static WorkerUnit open(final WorkerPlan plan, final InstanceConfig config, final WorkerFactory factory) {
        final RingSizes rings = new RingSizes(
                config.rings().fill(),
                config.rings().rx(),
                config.rings().tx(),
                config.rings().completion());
        try (Unwinder undo = new Unwinder()) {
            final Umem umem = Umem.map(UmemPlan.of(config, plan.queues().size()));
            undo.add(umem::close);
            final List<XskConfig> configs = plan.queues().stream()
                    .map(queue ->
                            new XskConfig(queue.owner().name(), queue.owner().ifindex(), queue.index(), rings))
                    .toList();
            final XskGroup sockets = XskGroup.open(umem, configs, bindMode(plan));
            undo.add(sockets::close);
            final FramePool pool = new FramePool(umem.layout(), 0, umem.layout().frameCount());
            final Worker worker = factory.make(plan, umem, pool, sockets.sockets());
            undo.add(worker::close);
            worker.start();
            return new WorkerUnit(plan, sockets, umem, worker, undo.handOver());
        }
    }

    /** One UMEM is zero-copy or copy as a whole: an interface that can't do the former decides for its worker. */
    static BindMode bindMode(final WorkerPlan plan) {
        final String copying = first(plan, InterfaceMode.COPY, InterfaceMode.GENERIC);
        final String zeroCopying = first(plan, InterfaceMode.ZEROCOPY);
        if (copying != null && zeroCopying != null) {
            throw new InstanceException("interface " + zeroCopying + " can't be in mode zerocopy while " + copying
                    + " is in mode copy or generic: a worker's packet memory is one or the other");
        }
        return copying != null ? BindMode.COPY : zeroCopying != null ? BindMode.ZEROCOPY : BindMode.AUTO;
    }

    private static String first(final WorkerPlan plan, final InterfaceMode... modes) {
        return plan.queues().stream()
                .map(WorkerPlan.Queue::owner)
                .filter(owner -> List.of(modes).contains(owner.config().mode()))
                .map(ServedInterface::name)
                .findFirst()
                .orElse(null);
    }

    /**
     * Lets packets flow to the worker.
     *
     * @param map the XSKMAP
     * @param interfaceSlot slot of each interface by its index
     */
    void register(final XskMap map, final ToIntFunction<Integer> interfaceSlot) {
        for (int i = 0; i < plan.queues().size(); i++) {
            final WorkerPlan.Queue queue = plan.queues().get(i);
            map.register(
                    InterfaceDescriptor.queueSlot(
                            interfaceSlot.applyAsInt(queue.owner().ifindex()), queue.index()),
                    sockets.sockets().get(i));
        }
    }

    WorkerPlan plan() {
        return plan;
    }

    /** Why the sockets copy, if they should not. */
    CopyDowngrade copyDowngrade() {
        return CopyDowngrade.of(
                sockets.downgrade(),
                sockets.sockets().stream().map(XskSocket::config).toList());
    }

    XskGroup sockets() {
        return sockets;
    }

    Umem umem() {
        return umem;
    }

    Worker worker() {
        return worker;
    }

    @Override
    public void close() {
        resources.close();
    }
}
