package io.fastpath.fastpath.config;

/**
 * Sizes of a queue's four rings, in descriptors; powers of two. Immutable.
 *
 * @param fill frames lent to the kernel for receiving.
 * @param rx frames received.
 * @param tx frames to send.
 * @param completion frames sent.
 */
public record RingsConfig(int fill, int rx, int tx, int completion) {
    /** {@return frames that fill all four rings} */
    public int sum() {
        return fill + rx + tx + completion;
    }
}
