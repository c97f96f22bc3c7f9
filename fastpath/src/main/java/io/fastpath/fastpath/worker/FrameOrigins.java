package io.fastpath.fastpath.worker;

/**
 * Which port a frame came in by, so that its completion counts there, whichever port it was sent by. Owned by the
 * worker's thread.
 */
final class FrameOrigins {
    private final QueuePort[] ports;
    private final byte[] portOfFrame;
    private final int frameShift;

    /**
     * Origins of the frames of a UMEM.
     *
     * @param ports of the worker, at most 128
     * @param frameCount frames
     * @param frameLength a power of two
     */
    FrameOrigins(final QueuePort[] ports, final int frameCount, final int frameLength) {
        this.ports = ports;
        portOfFrame = new byte[frameCount];
        frameShift = Integer.numberOfTrailingZeros(frameLength);
    }

    void set(final long dataOffset, final int portIndex) {
        portOfFrame[(int) (dataOffset >>> frameShift)] = (byte) portIndex;
    }

    QueuePort port(final long dataOffset) {
        return ports[portOfFrame[(int) (dataOffset >>> frameShift)]];
    }
}
