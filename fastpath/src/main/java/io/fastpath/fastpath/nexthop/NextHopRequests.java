package io.fastpath.fastpath.nexthop;

/**
 * What a worker asks of the control thread. Called on a worker's thread: an implementation allocates nothing, does not
 * block and does not throw; where it is full it may forget, since workers ask again.
 */
@FunctionalInterface
public interface NextHopRequests {
    /**
     * Asks to have the kernel resolve a hop's neighbour, or prove a MAC that was learned from a frame.
     *
     * @param nextHopIndex of the hop
     */
    void request(int nextHopIndex);
}
