package io.fastpath.fastpath.replay;

/** An engine that packets are replayed through, on tables of its own. One thread. */
interface ReplayEngine extends AutoCloseable {
    /**
     * Plays a frame.
     *
     * @param ifindex where it comes in
     * @param frame of at least an Ethernet header, at most {@link ReplayFrame#LENGTH_LIMIT} bytes
     * @param nowNs when; not before the frame before
     * @return what became of it
     */
    Outcome receive(int ifindex, byte[] frame, long nowNs);

    /** Its tables. */
    ReplayWorld world();

    @Override
    void close();
}
