package io.fastpath.perflab.traffic;

import io.fastpath.perflab.topology.Topology;

/**
 * Where datagrams must be addressed when they arrive at the sink. Immutable.
 *
 * @param firstDestination lowest address, see {@link io.fastpath.perflab.topology.Ipv4Address}.
 * @param destinationCount addresses from there on.
 */
public record SinkPlan(int firstDestination, int destinationCount) {
    /** {@return the plan for a subject that leaves addresses as they are} */
    public static SinkPlan toVip() {
        return new SinkPlan(Topology.VIP, 1);
    }

    /**
     * {@return the plan for a subject that balances over the backends}
     *
     * @param topology with the backends.
     */
    public static SinkPlan toBackends(final Topology topology) {
        return new SinkPlan(Topology.FIRST_BACKEND, topology.backendCount());
    }
}
