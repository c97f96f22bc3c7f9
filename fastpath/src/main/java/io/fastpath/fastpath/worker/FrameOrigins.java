package io.fastpath.fastpath.worker;

/**
 * Which port a frame came in by, so that its completion counts there, whichever port it was sent by. Owned by the
 * worker's thread.
 */
final class FrameOrigins {
    private static final short NONE = -1;

    private final QueuePort[] ports;
    private final short[] portOfFrame;
    private final int frameShift;

    /**
     * Origins of the frames of a UMEM.
     *
     * @param ports of the worker, at most 32,768: 64 interfaces of 64 queues are 4,096
     * @param frameCount frames
     * @param frameLength a power of two
     */
    FrameOrigins(final QueuePort[] ports, final int frameCount, final int frameLength) {
        this.ports = ports;
        portOfFrame = new short[frameCount];
        frameShift = Integer.numberOfTrailingZeros(frameLength);
    }

    /** -1 for a frame that was not received, but filled by the worker: no port waits for it. */
    void set(final long dataOffset, final int portIndex) {
        portOfFrame[(int) (dataOffset >>> frameShift)] = (short) portIndex;
    }

    /** The port that waits for a frame, or null. */
    QueuePort port(final long dataOffset) {
        final int portIndex = portOfFrame[(int) (dataOffset >>> frameShift)];
        return portIndex == NONE ? null : ports[portIndex];
    }
}
