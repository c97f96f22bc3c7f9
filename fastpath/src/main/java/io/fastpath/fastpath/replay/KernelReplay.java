package io.fastpath.fastpath.replay;

import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.ReplayDescriptor;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The kernel engine: {@code xdp_replay} by BPF_PROG_TEST_RUN, in a network namespace that has the interfaces, routes and
 * neighbours of the configuration. Its thread is in that namespace until it is closed.
 */
final class KernelReplay implements ReplayEngine {
    private final Unwinder resources = new Unwinder();
    private final KernelTables tables;
    private final ReplayWorld world;
    private final long[] passCounts = new long[Counter.SLOTS];

    KernelReplay(final InstanceConfig config, final long startNs) {
        try {
            tables = new KernelTables(ReplayWorld.sizes(config));
            resources.add(tables::close);
            world = new ReplayWorld(config, tables.shared(), startNs);
            resources.add(new ReplayNamespace(config, world.ifindexes())::close);
        } catch (final RuntimeException failure) {
            resources.close();
            throw failure;
        }
    }

    @Override
    public Outcome receive(final int ifindex, final byte[] frame, final long nowNs) {
        final UnsafeBuffer order = new UnsafeBuffer(new byte[ReplayDescriptor.LENGTH]);
        order.putInt(ReplayDescriptor.NOW_NS_LOW_OFFSET, (int) nowNs);
        order.putInt(ReplayDescriptor.NOW_NS_HIGH_OFFSET, (int) (nowNs >>> Integer.SIZE));
        final XdpTestResult result = tables.replayProgram()
                .testRun(XdpTestRun.of(frame).ingress(ifindex, 0).withMetadata(order.byteArray()));
        order.wrap(result.metadata());
        final Counter verdict = Counter.ofCode(order.getInt(ReplayDescriptor.VERDICT_OFFSET) % Counter.SLOTS);
        return switch (result.action()) {
            case XdpTestResult.XDP_PASS -> passed(frame, result.packet());
            case XdpTestResult.XDP_DROP -> Outcome.end(verdict);
            case XdpTestResult.XDP_TX, XdpTestResult.XDP_REDIRECT -> sent(ifindex, verdict, order, result.packet());
            default -> throw new IllegalStateException("the kernel engine aborted on a frame");
        };
    }

    @Override
    public ReplayWorld world() {
        return world;
    }

    @Override
    public void close() {
        resources.close();
    }

    private Outcome sent(final int ifindex, final Counter verdict, final UnsafeBuffer order, final byte[] frame) {
        final boolean isForwarded = verdict == Counter.FORWARDED_REQUEST || verdict == Counter.FORWARDED_REPLY;
        final int egress = order.getInt(ReplayDescriptor.EGRESS_IFINDEX_OFFSET); // 0 of an answer, which goes back
        return new Outcome(
                verdict,
                egress == 0 ? ifindex : egress,
                frame,
                isForwarded ? world.backend(order.getInt(ReplayDescriptor.BACKEND_INDEX_OFFSET)) : null);
    }

    /** Why a frame is left to the kernel stands in the counters alone. */
    private Outcome passed(final byte[] before, final byte[] after) {
        if (!Arrays.equals(before, after)) {
            throw new IllegalStateException("the kernel engine changed a frame that it left to the kernel");
        }
        Counter reason = Counter.XDP_PASS_NOT_OURS;
        for (int code = Counter.XDP_PASS_TRUNCATED.code(); code <= Counter.XDP_PASS_UNKNOWN_INTERFACE.code(); code++) {
            final Counter counter = Counter.ofCode(code);
            final long count = counter == null ? 0 : world.count(counter);
            if (count != passCounts[code]) {
                passCounts[code] = count;
                reason = counter;
            }
        }
        return Outcome.end(reason);
    }
}
