package io.fastpath.fastpath.replay;

import io.fastpath.kernelbpf.layout.Counter;

/**
 * What an engine made of a frame.
 *
 * @param reason as it was counted
 * @param egressIfindex where it leaves; 0 where it doesn't
 * @param frame that leaves; null where none does
 * @param backend of a frame that a connection forwards, address and port; null for any other
 */
record Outcome(Counter reason, int egressIfindex, byte[] frame, String backend) {
    /** A frame that goes nowhere. */
    static Outcome end(final Counter reason) {
        return new Outcome(reason, 0, null, null);
    }

    /** tx, pass, drop or consumed. */
    String verdict() {
        if (frame != null) {
            return "tx";
        }
        if (reason.isDrop()) {
            return "drop";
        }
        return Steering.isPass(reason) ? "pass" : "consumed";
    }
}
