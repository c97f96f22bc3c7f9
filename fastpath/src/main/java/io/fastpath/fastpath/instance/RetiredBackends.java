package io.fastpath.fastpath.instance;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.ServiceTable;
import java.util.BitSet;
import java.util.List;

/**
 * Backends that an earlier configuration had, and whose records nobody needs any more: no slot of the flow table names
 * them, and no new flow can, for they are not up. Looked for when tables are adopted, before the next configuration is
 * applied. Control thread.
 */
final class RetiredBackends {
    private RetiredBackends() {}

    /**
     * Frees the records of retired backends without flows.
     *
     * @param services the service table
     * @param flows the flow table's memory
     * @param flowSlotCount its slots
     * @return how many records were freed
     */
    static int release(final ServiceTable services, final SharedMemory flows, final int flowSlotCount) {
        final List<BackendEntry> retired =
                services.backends().stream().filter(BackendEntry::retired).toList();
        if (retired.isEmpty()) {
            return 0;
        }
        final BitSet named = namedBy(flows, flowSlotCount);
        int count = 0;
        for (final BackendEntry backend : retired) {
            if (!named.get(backend.index())) {
                services.release(backend.index());
                count++;
            }
        }
        return count;
    }

    /** A slot that is being entered or removed counts: its home is worked out from the backend's address. */
    private static BitSet namedBy(final SharedMemory flows, final int flowSlotCount) {
        final BitSet named = new BitSet();
        for (int slot = 0; slot < flowSlotCount; slot++) {
            final long offset = FlowDescriptor.slotOffset(slot);
            final int control = flows.getIntAcquire(offset + FlowDescriptor.CONTROL_OFFSET);
            if ((control & FlowDescriptor.STATE_MASK) != FlowState.FREE) {
                named.set(flows.getShort(offset + FlowDescriptor.BACKEND_INDEX_OFFSET) & 0xffff);
            }
        }
        return named;
    }
}
