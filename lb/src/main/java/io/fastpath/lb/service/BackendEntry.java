package io.fastpath.lb.service;

import io.fastpath.lb.Endpoint;

/**
 * A backend as it stands in shared memory. A snapshot; any thread.
 *
 * @param index in the backend table
 * @param serviceIndex of its service; of a retired one, the service that it had
 * @param endpoint where it listens
 * @param weight as configured
 * @param nextHopIndex its next hop, 0 = not resolved
 * @param retired whether it is no longer configured, but live flows may point at it
 */
public record BackendEntry(
        int index, int serviceIndex, Endpoint endpoint, int weight, int nextHopIndex, boolean retired) {}
