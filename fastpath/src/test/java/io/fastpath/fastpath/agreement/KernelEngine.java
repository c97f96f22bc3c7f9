package io.fastpath.fastpath.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker.Outcome;
import io.fastpath.fastpath.replay.KernelTables;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The XDP program with all work placed in the kernel, by test run: no interface carries a packet, but the program sees the
 * devices of a namespace of its own. The thread that made it stays in that namespace and on one CPU until it is closed.
 */
final class KernelEngine implements Engine {
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;
    private static final int XDP_TX = 3;
    private static final int XDP_REDIRECT = 4;
    private static final int ETHERNET_LENGTH = 14;

    private final Unwinder resources = new Unwinder();
    private final Map<TableSizes, KernelTables> loaded = new HashMap<>();
    private KernelTables tables;
    private TestBalancer balancer;
    private long[] counts;
    private long placedCount;
    private long sentCount;
    private long sentLength;

    KernelEngine() {
        final BitSet cpus = CpuAffinity.currentThread();
        CpuAffinity.pinCurrentThread(cpus.nextSetBit(0));
        resources.add(() -> CpuAffinity.setCurrentThread(cpus));
        final EngineNamespace namespace = new EngineNamespace();
        resources.add(namespace::close);
    }

    @Override
    public void start(final TestBalancer described) {
        balancer = described.clock(System::nanoTime).memory(this::emptyTables).start();
        balancer.routesChanged(); // the control thread resolves backends; the engine asks only where it has not
        final ControlRecord control = new ControlRecord(balancer.tables().region(MapNames.CONTROL));
        control.timeouts(FlowTimeouts.defaults());
        control.engine(ControlDescriptor.ENGINE_KERNEL);
        counts = new long[Counter.SLOTS];
        placedCount = 0;
        sentCount = 0;
        sentLength = 0;
    }

    @Override
    public Outcome receive(final int ifindex, final byte[] frame) {
        if (frame.length < ETHERNET_LENGTH) {
            return new Outcome(Counter.XDP_PASS_TRUNCATED, 0, null); // no device hands such a frame to a program
        }
        final XdpTestResult result =
                tables.program().testRun(XdpTestRun.of(frame).ingress(ifindex, 0));
        final Counter verdict = verdict();
        assertThat(verdict)
                .as("the verdict of a frame whose action is %d", result.action())
                .isNotNull();
        switch (result.action()) {
            case XDP_PASS:
                assertThat(result.packet()).as("a frame left to the kernel").isEqualTo(frame);
                assertThat(Passes.isPass(verdict))
                        .as("%s is left to the kernel", verdict)
                        .isTrue();
                return new Outcome(verdict, 0, null);
            case XDP_DROP:
                return new Outcome(verdict, 0, null);
            case XDP_TX:
                return new Outcome(verdict, ifindex, result.packet());
            case XDP_REDIRECT:
                return new Outcome(verdict, egressIfindex(ifindex, result.packet()), result.packet());
            default:
                throw new AssertionError("XDP action " + result.action() + " for " + verdict);
        }
    }

    @Override
    public boolean isMet(final Counter expected, final Counter actual) {
        return actual == expected || Passes.isMet(expected, actual);
    }

    /** It asks the kernel's tables where a worker asks the control thread, and enters what it got to know. */
    @Override
    public boolean keepsHopsAsJavaDoes() {
        return false;
    }

    @Override
    public void close() {
        loaded.values().forEach(KernelTables::close);
        resources.close();
    }

    private SharedTables emptyTables(final TableSizes sizes) {
        tables = loaded.computeIfAbsent(sizes, KernelTables::new);
        TableImage.clear(tables.shared());
        return tables.shared();
    }

    /**
     * Where a redirected frame goes can't be seen in a test run. It carries the MAC of the interface that it is for, and a
     * redirect never leads back to where the frame came from.
     */
    private int egressIfindex(final int ingressIfindex, final byte[] frame) {
        final InterfaceTable interfaces = new InterfaceTable(balancer.tables().region(MapNames.INTERFACES));
        final long mac = MacWord.ofNumber(new BigInteger(1, Arrays.copyOfRange(frame, 6, 12)).longValueExact());
        for (final int ifindex : new int[] {TestBalancer.CLIENTS, TestBalancer.SERVERS}) {
            if (ifindex != ingressIfindex && interfaces.macMemory(interfaces.find(ifindex)) == mac) {
                return ifindex;
            }
        }
        throw new AssertionError("redirected from " + ingressIfindex + " with the source MAC of no other interface");
    }

    /** What no pipeline counts: that the frame was placed here, and what left. */
    private void checkOwnCounts(final Counter verdict, final XdpTestResult result) {
        final boolean isSent = result.action() == XDP_TX || result.action() == XDP_REDIRECT;
        placedCount += Tally.isVerdict(verdict) ? 1 : 0;
        sentCount += isSent ? 1 : 0;
        sentLength += isSent ? result.packet().length : 0;
        assertThat(balancer.count(Counter.XDP_KERNEL_PLACED)).as("placed").isEqualTo(placedCount);
        assertThat(balancer.count(Counter.TX_PACKETS)).as("sent").isEqualTo(sentCount);
        assertThat(balancer.count(Counter.TX_BYTES)).as("bytes sent").isEqualTo(sentLength);
    }

    /** The one end of a packet that was counted since the last call, or null. */
    private Counter verdict() {
        final CounterReader reader = balancer.counters();
        Counter verdict = null;
        for (final Counter counter : Counter.values()) {
            final long count = reader.total(counter);
            if (count != counts[counter.code()] && (Tally.isVerdict(counter) || Passes.isPass(counter))) {
                assertThat(verdict).as("what was counted besides %s", counter).isNull();
                verdict = counter;
            }
            counts[counter.code()] = count;
        }
        return verdict;
    }
}
