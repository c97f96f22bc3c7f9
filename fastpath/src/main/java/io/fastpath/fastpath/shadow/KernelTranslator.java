package io.fastpath.fastpath.shadow;

import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.kernelbpf.layout.ShadowDescriptor;
import org.agrona.concurrent.UnsafeBuffer;

/** Asks the kernel engine what it would make of a frame, by a test run of its shadow program. One thread. */
final class KernelTranslator {
    private final BpfProgram program;

    /**
     * A translator.
     *
     * @param program {@code xdp_shadow}, loaded on the tables that workers use
     */
    KernelTranslator(final BpfProgram program) {
        this.program = program;
    }

    /**
     * Translates a frame by the tables as they are now; nothing in them changes.
     *
     * @param frame as it came in
     * @param ingressSlot of its interface
     * @return the kernel engine's verdict and frame
     */
    ShadowResult translate(final byte[] frame, final int ingressSlot) {
        final UnsafeBuffer order = new UnsafeBuffer(new byte[ShadowDescriptor.LENGTH]);
        order.putInt(ShadowDescriptor.INGRESS_SLOT_OFFSET, ingressSlot);
        final XdpTestResult result = program.testRun(XdpTestRun.of(frame).withMetadata(order.byteArray()));
        order.wrap(result.metadata());
        return new ShadowResult(
                result.action(),
                order.getInt(ShadowDescriptor.SLOT_INDEX_OFFSET),
                order.getInt(ShadowDescriptor.EGRESS_IFINDEX_OFFSET),
                result.packet());
    }
}
