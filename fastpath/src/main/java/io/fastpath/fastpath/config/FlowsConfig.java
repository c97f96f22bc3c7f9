package io.fastpath.fastpath.config;

import io.fastpath.conntrack.FlowTableSizing;
import io.fastpath.conntrack.FlowTimeouts;

/**
 * The flow table. Immutable.
 *
 * @param capacity connections it must hold.
 * @param timeouts when an idle connection is forgotten.
 */
public record FlowsConfig(int capacity, FlowTimeouts timeouts) {
    /** {@return slots of 64 bytes that the table needs} */
    public int slotCount() {
        return FlowTableSizing.slotCount(capacity);
    }
}
