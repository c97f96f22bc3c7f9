package io.fastpath.fastpath.steer;

import io.fastpath.fastpath.steer.Frames.Layer;
import io.fastpath.kernelbpf.layout.Counter;

/**
 * A sentence, a frame, and where it goes.
 *
 * @param sentence what is claimed
 * @param frame that comes in
 * @param reason that is counted
 * @param neededLength bytes of the frame that the verdict rests on: a shorter piece is truncated
 */
record SteerCase(String sentence, byte[] frame, Counter reason, int neededLength) {
    /** Shortest frame that the kernel runs a program on. */
    static final int ETHERNET_LENGTH = 14;

    /** A case about what a frame carries, which has to be there up to a length after the Ethernet header. */
    static SteerCase steerCase(
            final String sentence, final Layer layer, final Counter reason, final int neededPayloadLength) {
        return new SteerCase(sentence, Frames.frame(layer), reason, ETHERNET_LENGTH + neededPayloadLength);
    }
}
