package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.VlanDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Tags that a packet keeps, or changes for others, where its next hop has none of its own. Priority and drop eligibility
 * stay: it is the same frame for those who queue it. One thread.
 */
final class VlanKeeper {
    private static final int ID_MASK = VlanDescriptor.IDS - 1;
    private static final int PRIORITY_MASK = 0xf000;
    private static final int U16_MASK = 0xffff;

    private final SharedMemory frames;
    private final InterfaceTable interfaces;
    private final SharedMemory vlans;

    VlanKeeper(final SharedMemory frames, final InterfaceTable interfaces, final SharedMemory vlans) {
        this.frames = frames;
        this.interfaces = interfaces;
        this.vlans = vlans;
    }

    /** Notes the tags with which a packet that was read goes on. */
    void keep(final PacketBatch batch, final int i) {
        final int slot = batch.ingressSlot(i);
        if ((interfaces.flags(slot) & InterfaceDescriptor.FLAG_KEEP_VLANS) == 0
                || batch.kind(i) >= Counter.FIRST_DROP_CODE
                || LinkHeader.tagCount(batch, i) == 0) {
            batch.keptTags(i, 0, 0);
            return;
        }
        final int first = kept(slot, LinkHeader.outerTag(frames, batch, i));
        final int second = LinkHeader.tagCount(batch, i) > 1 ? kept(slot, LinkHeader.innerTag(frames, batch, i)) : 0;
        batch.keptTags(i, first == 0 ? second : first, first == 0 ? 0 : second);
    }

    /** TPID and TCI as they stand in memory; 0 where the tag comes off. */
    private int kept(final int slot, final int tag) {
        final int tci = NetworkOrder.swap16((short) (tag >>> Short.SIZE));
        final int id = vlans.getShort(VlanDescriptor.idOffset(slot, tci & ID_MASK)) & U16_MASK;
        return id == 0 ? 0 : tag & U16_MASK | NetworkOrder.swap16((short) (tci & PRIORITY_MASK | id)) << Short.SIZE;
    }
}
