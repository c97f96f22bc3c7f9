package io.fastpath.afxdpnative.umem;

import io.fastpath.afxdpnative.ring.RingSizes;

/**
 * How many frames a worker's sockets need so that no ring ever starves for want of a frame: the sum of all places where
 * one can be.
 *
 * @param sizes of the rings of each socket.
 * @param socketCount sockets that share the frames.
 * @param batchCount packets that the worker holds at once.
 * @param driverCount frames that a zero-copy driver keeps in the receive ring of the card; 0 in copy mode.
 */
public record FrameBudget(RingSizes sizes, int socketCount, int batchCount, int driverCount) {
    /** {@return frames for everything} */
    public int frameCount() {
        return Math.addExact(Math.multiplyExact(socketCount, perSocketCount()), batchCount);
    }

    /** {@return the sum with a reason per line, for people} */
    public String explain() {
        return line(sizes.fillCount(), "fill ring: free, waiting for a packet")
                + line(driverCount, "driver: taken from the fill ring, not yet received into")
                + line(sizes.rxCount(), "rx ring: received, waiting for the worker")
                + line(sizes.txCount(), "tx ring: rewritten, waiting for the kernel")
                + line(sizes.completionCount(), "completion ring: sent, waiting to be collected")
                + line(perSocketCount(), "per socket, of which there are " + socketCount)
                + line(batchCount, "worker: the batch in its hands")
                + line(frameCount(), "frames in all");
    }

    private int perSocketCount() {
        return sizes.fillCount() + driverCount + sizes.rxCount() + sizes.txCount() + sizes.completionCount();
    }

    private static String line(final int count, final String reason) {
        return String.format("%8d  %s%n", count, reason);
    }
}
