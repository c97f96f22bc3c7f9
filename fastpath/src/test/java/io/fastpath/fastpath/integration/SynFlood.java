package io.fastpath.fastpath.integration;

import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.kernelbpf.KernelObjects;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/** SYNs of clients that do not exist, out of the lab's client: so many in a second until it is closed. */
final class SynFlood implements AutoCloseable {
    private static final int PLAN_LENGTH = 64;
    private static final int IFINDEX_OFFSET = 56;
    private static final int BATCH = 64;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final String NOBODY = "0.0.0.0";

    private final BpfObject object;
    private final Thread sender;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean closed;

    private SynFlood(final Lab lab, final int port, final int perSecond) {
        object = BpfObject.open(KernelObjects.synFlood(), "syn_flood");
        object.load();
        final BpfProgram program = object.program("syn_flood");
        sender = new Thread(() -> send(lab, program, port, perSecond), "syn-flood");
        sender.start();
    }

    /** Starts a flood of a port of the IPv4 VIP. */
    static SynFlood start(final Lab lab, final int port, final int perSecond) {
        return new SynFlood(lab, port, perSecond);
    }

    /** SYNs so far. */
    long sent() {
        return sent.get();
    }

    /** Ends it, and waits for the burst that is under way. */
    void finish() {
        closed = true;
        boolean interrupted = false;
        while (sender.isAlive()) {
            try {
                sender.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finish();
        object.close();
    }

    private void send(final Lab lab, final BpfProgram program, final int port, final int perSecond) {
        final byte[] template = PacketBuilder.tcp(NOBODY, 0, Lab.VIP, port)
                .from(mac(lab.client(), "eth0"))
                .to(mac(lab.balancer(), "front"))
                .patchTransport(4, 0, 0, 0, 0)
                .patchTransport(8, 0, 0, 0, 0)
                .trailer(6)
                .build();
        final NetworkNamespace visit = NetworkNamespace.enter(lab.client());
        try {
            plan(lab, template);
            final int burst = (int) (perSecond / (TimeUnit.SECONDS.toNanos(1) / TICK_NS));
            long nextNs = System.nanoTime();
            while (!closed) {
                program.sendLiveFrames(XdpTestRun.of(template).repeat(burst), Math.min(BATCH, burst));
                sent.addAndGet(burst);
                nextNs += TICK_NS;
                LockSupport.parkNanos(nextNs - System.nanoTime());
            }
        } finally {
            visit.close();
        }
    }

    private void plan(final Lab lab, final byte[] template) {
        final UnsafeBuffer plan = new UnsafeBuffer(ByteBuffer.allocateDirect(PLAN_LENGTH));
        plan.putBytes(0, template, 0, IFINDEX_OFFSET);
        plan.putInt(IFINDEX_OFFSET, Integer.parseInt(read(lab.client(), "eth0", "ifindex")));
        object.map("flood_plan")
                .update(new UnsafeBuffer(ByteBuffer.allocateDirect(Integer.BYTES)), plan, BpfMap.UPDATE_ANY);
    }

    private static String mac(final String namespace, final String link) {
        return read(namespace, link, "address");
    }

    private static String read(final String namespace, final String link, final String file) {
        return Lab.in(namespace, "cat", "/sys/class/net/" + link + "/" + file).trim();
    }
}
