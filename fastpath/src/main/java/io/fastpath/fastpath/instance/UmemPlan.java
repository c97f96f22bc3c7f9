package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.pipeline.PacketBatch;

/** The packet memory of a worker, worked out from the configuration. */
final class UmemPlan {
    private UmemPlan() {}

    /**
     * Frames for all queues of a worker, and one batch in its hands.
     *
     * @param config of the instance
     * @param queueCount of the worker
     * @return the plan
     * @throws InstanceException if that is more than a UMEM can be
     */
    static UmemLayout of(final InstanceConfig config, final int queueCount) {
        final long frames = (long) config.umem().framesPerQueue(config.rings()) * queueCount + PacketBatch.CAPACITY;
        final int frameSize = config.umem().frameSize();
        if (frames * frameSize > UmemLayout.LENGTH_LIMIT) {
            throw new InstanceException("a worker with " + queueCount + " queues would need " + frames + " frames of "
                    + frameSize + " bytes, more than the limit of " + UmemLayout.LENGTH_LIMIT
                    + " bytes: give it fewer queues, or lower `umem.framesPerQueue` or the rings");
        }
        final HugePages hugePages = !config.umem().hugePages()
                ? HugePages.NONE
                : config.refuseDowngrade() ? HugePages.REQUIRED : HugePages.PREFERRED;
        return new UmemLayout(frameSize, (int) frames, 0, hugePages);
    }

    /**
     * Longest packet that a frame can receive.
     *
     * @param config of the instance
     * @return bytes from the Ethernet header on
     */
    static int packetLengthLimit(final InstanceConfig config) {
        return config.umem().frameSize() - UmemLayout.KERNEL_HEADROOM_LENGTH;
    }
}
