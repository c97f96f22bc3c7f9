package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.nexthop.NextHopRequests;
import java.util.Queue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * Workers' requests on their way to the control thread: many producers, one consumer. Full, it forgets: workers ask
 * again. Nothing allocates, because every index has its object from the start.
 */
final class HopRequests implements NextHopRequests {
    /** More than the control thread lets pile up in a turn; one hop asks once per 100 ms at most. */
    private static final int CAPACITY = 1024;

    private final Queue<Integer> queue = new MpscVarHandleArrayQueue<>(CAPACITY);
    private final Integer[] indices;

    /**
     * An empty queue.
     *
     * @param nextHopCapacity of the next-hop table
     */
    HopRequests(final int nextHopCapacity) {
        indices = new Integer[nextHopCapacity];
        for (int i = 0; i < nextHopCapacity; i++) {
            indices[i] = i;
        }
    }

    @Override
    public void request(final int nextHopIndex) {
        queue.offer(indices[nextHopIndex]);
    }

    /** The next request, or -1; control thread. */
    int poll() {
        final Integer index = queue.poll();
        return index == null ? -1 : index;
    }
}
