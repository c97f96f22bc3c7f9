package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.OpenDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** How many connections services may have open ({@link OpenDescriptor}), as the control thread writes it while packets flow. */
public final class OpenTable {
    private final SharedMemory memory;

    /**
     * Views the table.
     *
     * @param memory its region
     */
    public OpenTable(final SharedMemory memory) {
        this.memory = memory;
    }

    /**
     * Limits a service.
     *
     * @param serviceIndex of it
     * @param limit connections, 0 for any number
     * @param clientLimit connections of each client, 0 for any number
     */
    public void put(final int serviceIndex, final int limit, final int clientLimit) {
        final long record = OpenDescriptor.recordOffset(serviceIndex);
        memory.putIntRelease(record + OpenDescriptor.LIMIT_OFFSET, limit);
        memory.putIntRelease(record + OpenDescriptor.CLIENT_LIMIT_OFFSET, clientLimit);
    }
}
