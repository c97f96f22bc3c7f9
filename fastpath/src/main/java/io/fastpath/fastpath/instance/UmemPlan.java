package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.pipeline.PacketBatch;

/** The packet memory of a worker, worked out from the configuration. */
final class UmemPlan {
    private UmemPlan() {}

    /**
     * Frames for all queues of a worker, and one batch in its hands. Where the configuration leaves their number to us,
     * and a UMEM can't hold as many as would fill all rings of all queues at once, it gets as many as it can hold: the
     * queues share them, and a worker with that much in its tx rings lends the kernel less to receive into.
     *
     * @param config of the instance
     * @param queueCount of the worker
     * @return the plan
     * @throws InstanceException if a UMEM can't hold the frames asked for, or not even those of the fill rings
     */
    static UmemLayout of(final InstanceConfig config, final int queueCount) {
        final int frameSize = config.umem().frameSize();
        final int frameLimit = (int) (UmemLayout.LENGTH_LIMIT / frameSize);
        final long wanted = (long) config.umem().framesPerQueue(config.rings()) * queueCount + PacketBatch.CAPACITY;
        if (wanted > frameLimit) {
            checkShare(config, queueCount, frameLimit);
        }
        final HugePages hugePages = !config.umem().hugePages()
                ? HugePages.NONE
                : config.refuseDowngrade() ? HugePages.REQUIRED : HugePages.PREFERRED;
        return new UmemLayout(frameSize, (int) Math.min(wanted, frameLimit), 0, hugePages);
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

    /** The first fill rings take what they can hold: what is left must fill at least half of the last one. */
    private static void checkShare(final InstanceConfig config, final int queueCount, final int frameLimit) {
        final int share = (frameLimit - PacketBatch.CAPACITY) / queueCount;
        if (config.umem().framesPerQueue() > share) {
            throw tooMany(config, queueCount, frameLimit, "set `umem.framesPerQueue` to " + share + " or less");
        }
        final int fill = config.rings().fill();
        if ((long) fill * queueCount - frameLimit > fill / 2) {
            final int lower = Integer.highestOneBit(share);
            throw tooMany(config, queueCount, frameLimit, "set `rings.fill` to " + lower + " or less");
        }
    }

    private static InstanceException tooMany(
            final InstanceConfig config, final int queueCount, final int frameLimit, final String remedy) {
        return new InstanceException("a worker with " + queueCount + " queues would need more than the " + frameLimit
                + " frames of " + config.umem().frameSize() + " bytes that its packet memory can hold: " + remedy
                + ", or share the queues out to more workers (`workers.cpus`)");
    }
}
