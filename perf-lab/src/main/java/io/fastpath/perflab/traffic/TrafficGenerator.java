package io.fastpath.perflab.traffic;

import io.fastpath.afxdpnative.bpf.BpfLink;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.afxdpnative.sys.InterfaceName;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.perflab.topology.Topology;
import java.nio.file.Path;

/**
 * Sends UDP datagrams into the topology from inside the kernel: a pinned thread that lets the kernel run {@code
 * lab_traffic.bpf.c} on live frames, batch after batch, until it is stopped. The receiving half of the veth, up to the
 * AF_XDP ring or through the whole kernel, runs on the same CPU.
 *
 * <p>Owned by one thread; {@link #sentCount()} may be called by any. Sending needs an XDP program or GRO at the peer.
 */
public final class TrafficGenerator implements AutoCloseable {
    /** Of {@link #pace}: as many as go. */
    public static final long UNTHROTTLED = 0;

    /** Frames per system call: some 25 ms unthrottled, so that a stop is soon seen. */
    private static final int FRAMES_PER_CALL = 100_000;

    /** What one NAPI poll takes; larger batches overrun the veth's ring of 256. */
    private static final int BATCH_COUNT = 64;

    private static final long STOP_LIMIT_MS = 5_000;

    private final TrafficProgram traffic;
    private final Topology topology;
    private final int cpu;
    private Thread thread;
    private volatile boolean stopped;
    private volatile RuntimeException failure;

    private TrafficGenerator(final TrafficProgram traffic, final Topology topology, final int cpu) {
        this.traffic = traffic;
        this.topology = topology;
        this.cpu = cpu;
    }

    /**
     * Load the program; nothing is sent yet.
     *
     * @param object the compiled {@code lab_traffic.bpf.c}.
     * @param topology to send into.
     * @param cpu to send on.
     * @return the generator; the caller closes it.
     */
    public static TrafficGenerator load(final Path object, final Topology topology, final int cpu) {
        return new TrafficGenerator(TrafficProgram.load(object), topology, cpu);
    }

    /**
     * Start sending.
     *
     * @param plan what to send.
     * @param packetsPerSecond see {@link #pace}.
     */
    public void start(final TrafficPlan plan, final long packetsPerSecond) {
        if (thread != null) {
            throw new IllegalStateException("the generator is sending; stop it first");
        }
        pace(packetsPerSecond);
        stopped = false;
        failure = null;
        thread = new Thread(() -> run(plan), "traffic-generator");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Set the rate, also of a running generator.
     *
     * @param packetsPerSecond to send at most, evenly; rounded to whole nanoseconds between two packets. {@link
     *     #UNTHROTTLED} for no limit.
     */
    public void pace(final long packetsPerSecond) {
        traffic.pace(packetsPerSecond);
    }

    /**
     * {@return packets sent since the program was loaded}
     *
     * @throws LabException if the running generator has failed.
     */
    public long sentCount() {
        checkFailure();
        return traffic.sentCount();
    }

    /**
     * Stop sending; nothing happens if the generator isn't.
     *
     * @throws LabException if it had failed.
     */
    public void stop() {
        if (thread == null) {
            return;
        }
        stopped = true;
        try {
            thread.join(STOP_LIMIT_MS);
            if (thread.isAlive()) {
                throw new LabException("the generator did not stop within " + STOP_LIMIT_MS + " ms");
            }
        } catch (final InterruptedException ex) {
            throw LabException.interrupted("the generator to stop", ex);
        }
        thread = null;
        checkFailure();
    }

    @Override
    public void close() {
        try {
            stop();
        } finally {
            traffic.close();
        }
    }

    @SuppressWarnings("try")
    private void run(final TrafficPlan plan) {
        try (NetworkNamespace visit = NetworkNamespace.enter(topology.client())) {
            CpuAffinity.pinCurrentThread(cpu);
            traffic.write(plan, InterfaceName.toIndex(Topology.CLIENT_INTERFACE));
            send(XdpTestRun.of(new byte[plan.carriedLength()]).repeat(FRAMES_PER_CALL));
        } catch (final RuntimeException ex) {
            failure = ex;
        }
    }

    /**
     * A test run enters its program into the kernel's XDP dispatcher for its duration, and waits for RCU to do so: some
     * 20 ms twice per call. A program that is in there already, because it is attached somewhere, runs at once; hence
     * the link to the idle loopback device.
     */
    @SuppressWarnings("try")
    private void send(final XdpTestRun run) {
        final BpfProgram program = traffic.program();
        try (BpfLink entered = program.attachXdp(InterfaceName.toIndex("lo"), XdpMode.GENERIC)) {
            while (!stopped) {
                program.sendLiveFrames(run, BATCH_COUNT);
            }
        }
    }

    private void checkFailure() {
        final RuntimeException happened = failure;
        if (happened != null) {
            throw new LabException("the generator failed: " + happened.getMessage(), happened);
        }
    }
}
