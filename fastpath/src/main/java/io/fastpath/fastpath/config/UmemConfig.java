package io.fastpath.fastpath.config;

/**
 * The frames of a worker's UMEM. Immutable.
 *
 * @param framesPerQueue frames for each queue; 0 = enough to fill the queue's four rings ({@link RingsConfig#sum()}).
 * @param frameSize bytes of a frame, headroom included: 2048 or 4096.
 * @param hugePages whether the memory shall come from the kernel's reserved huge pages; where there are too few, it
 *     comes from ordinary ones and {@code status} says so, or with {@code refuseDowngrade} the instance does not start.
 */
public record UmemConfig(int framesPerQueue, int frameSize, boolean hugePages) {
    /**
     * {@return frames for each queue, with the default worked out}
     *
     * @param rings of a queue.
     */
    public int framesPerQueue(final RingsConfig rings) {
        return framesPerQueue == 0 ? rings.sum() : framesPerQueue;
    }
}
