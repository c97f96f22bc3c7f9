package io.fastpath.fastpath.lab;

/**
 * How a connection sends.
 *
 * @param blockLength bytes of a block
 * @param intervalNs from one block to the next
 * @param window blocks that may be under way at a time
 * @param blockLimit blocks after which it ends
 */
record StreamPace(int blockLength, long intervalNs, int window, long blockLimit) {
    /** Many blocks of several segments each, several under way. */
    static final StreamPace FAST = new StreamPace(8_192, 20_000_000, 4, Long.MAX_VALUE);

    /** Now and then a small one. */
    static final StreamPace SLOW = new StreamPace(400, 100_000_000, 1, Long.MAX_VALUE);

    /** One block, and it is over. */
    static final StreamPace SHORT = new StreamPace(1_000, 0, 1, 1);
}
