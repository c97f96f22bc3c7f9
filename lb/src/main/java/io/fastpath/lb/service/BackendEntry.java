package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.lb.Endpoint;

/**
 * A backend as it stands in shared memory. A snapshot; any thread.
 *
 * @param index in the backend table
 * @param serviceIndex of its service; of a retired one, the service that it had
 * @param endpoint where it listens
 * @param weight as configured
 * @param withheld thousandths of the weight that don't count for now; as {@code BackendSpec.withheld}
 * @param nextHopIndex its next hop, 0 = not resolved
 * @param retired whether it is no longer configured, but live flows may point at it
 */
public record BackendEntry(
        int index, int serviceIndex, Endpoint endpoint, int weight, int withheld, int nextHopIndex, boolean retired) {
    /**
     * Whether it takes no new flows and is to lose those it has.
     *
     * @return true for a weight of 0, for one that is withheld whole, and for a retired backend
     */
    public boolean isDrained() {
        return retired || weight == 0 || withheld >= BackendDescriptor.WITHHELD_ALL;
    }
}
