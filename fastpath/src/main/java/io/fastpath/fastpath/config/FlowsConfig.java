package io.fastpath.fastpath.config;

import io.fastpath.conntrack.FlowTableSizing;
import io.fastpath.conntrack.FlowTimeouts;

/**
 * The flow table. Immutable.
 *
 * @param capacity connections it must hold.
 * @param timeouts when an idle connection is forgotten.
 * @param synTries a SYN that came again so often unanswered goes to another backend; 0 for never for that.
 */
public record FlowsConfig(int capacity, FlowTimeouts timeouts, int synTries) {
    /** {@return slots of 64 bytes that the table needs} */
    public int slotCount() {
        return FlowTableSizing.slotCount(capacity);
    }
}
