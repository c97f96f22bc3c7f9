package io.fastpath.fastpath.control;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.lb.service.ServiceSpec;
import java.util.List;

/**
 * A running instance as the control server sees it. Its methods are called on the control server's thread, at any time
 * between the server's start and the end of its close; they must not block, and must not touch what a worker owns
 * except by reading words that are published for readers.
 */
public interface InstanceView {
    /** {@return what the instance is and how it does, now} */
    StatusReport status();

    /** {@return the shared memory; the same object each time} */
    SharedTables tables();

    /** {@return the services in force, which have the names that shared memory has not} */
    List<ServiceSpec> services();

    /** {@return who works on packets, and how many each has worked on} */
    PlacementReport placement();

    /**
     * Changes who works on packets, from the next packet on.
     *
     * @param mode to be in force until it is changed again, or the process ends.
     */
    void place(EngineMode mode);

    /** {@return whose packets are dropped before an engine has them; this thread's to change} */
    Prefilter prefilter();

    /** {@return which backends take new flows; may be told on any thread} */
    Drains drains();

    /**
     * Ends the process soon, whatever its configuration says of ends: the kernel engine goes on with what is pinned, for
     * another process to adopt. Returns before that.
     */
    void handOver();
}
