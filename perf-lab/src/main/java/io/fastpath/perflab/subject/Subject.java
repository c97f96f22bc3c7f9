package io.fastpath.perflab.subject;

import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.SinkPlan;

/**
 * Something that forwards packets from {@code front} to {@code back} of a topology, and can be started and stopped any
 * number of times. Owned by one thread.
 */
public interface Subject {
    /** {@return the short name of its row} */
    String name();

    /** {@return what it does with a packet, in a line, so that unlike work is not compared unawares} */
    String work();

    /**
     * {@return how the packets it delivers are addressed}
     *
     * @param topology it runs on.
     */
    SinkPlan delivery(Topology topology);

    /**
     * Start it. It may need a moment more before it forwards.
     *
     * @param topology to run on; nothing else forwards there.
     * @return the running subject; the caller closes it.
     * @throws io.fastpath.fastpath.lab.LabException if it can't be started; nothing of it is left then.
     */
    RunningSubject start(Topology topology);
}
