package io.fastpath.fastpath.shadow;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;

/**
 * What an engine made of a packet. Immutable; the array is not copied.
 *
 * @param verdict code of a {@link Counter}.
 * @param slotIndex of the flow that the packet was found to belong to.
 * @param egressIfindex where it goes.
 * @param frame as it goes there.
 */
record ShadowResult(int verdict, int slotIndex, int egressIfindex, byte[] frame) {
    /**
     * {@return in what the kernel engine's result differs from this one, in words; empty if in nothing}
     *
     * @param kernel its result.
     */
    String differenceTo(final ShadowResult kernel) {
        if (verdict != kernel.verdict) {
            return "verdict " + label(verdict) + " in Java, " + label(kernel.verdict) + " in the kernel";
        }
        if (slotIndex != kernel.slotIndex) {
            return "flow in slot " + slotIndex + " in Java, " + kernel.slotIndex + " in the kernel";
        }
        if (egressIfindex != kernel.egressIfindex) {
            return "egress interface " + egressIfindex + " in Java, " + kernel.egressIfindex + " in the kernel";
        }
        if (frame.length != kernel.frame.length) {
            return frame.length + " bytes in Java, " + kernel.frame.length + " in the kernel";
        }
        final int offset = Arrays.mismatch(frame, kernel.frame);
        return offset < 0 ? "" : "other bytes from offset " + offset + " on";
    }

    private static String label(final int verdict) {
        final Counter counter = verdict >= 0 && verdict < Counter.SLOTS ? Counter.ofCode(verdict) : null;
        return counter == null ? String.valueOf(verdict) : counter.label();
    }
}
