package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.VlanDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.Map;

/** In which VLAN packets leave, by interface and the VLAN they came in by ({@link VlanDescriptor}). The control thread writes. */
public final class VlanTable {
    private final SharedMemory memory;

    /**
     * Views the table.
     *
     * @param memory its region
     */
    public VlanTable(final SharedMemory memory) {
        this.memory = memory;
    }

    /**
     * Says what becomes of the tags of an interface; to be done before its flag is set.
     *
     * @param slot of the interface
     * @param ids by what they become; others come off
     */
    public void put(final int slot, final Map<Integer, Integer> ids) {
        for (int id = 0; id < VlanDescriptor.IDS; id++) {
            memory.putShort(
                    VlanDescriptor.idOffset(slot, id), ids.getOrDefault(id, 0).shortValue());
        }
    }
}
