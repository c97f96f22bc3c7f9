package io.fastpath.fastpath.control;

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
}
