package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;

/**
 * The fields of a slot, by its index: plain loads, any thread. Both slots of a connection store the same endpoints;
 * next hop and time are each direction's own. What was read counts only if {@link FlowTable#stillValid} says so
 * afterwards.
 */
public final class FlowFields {
    private final SlotMemory slots;

    FlowFields(final SlotMemory slots) {
        this.slots = slots;
    }

    /**
     * Client address, first word.
     *
     * @param slotIndex of either direction
     * @return the word
     */
    public long client0(final int slotIndex) {
        return slots.getLong(slotIndex, FlowDescriptor.CLIENT_OFFSET);
    }

    /**
     * Client address, second word.
     *
     * @param slotIndex of either direction
     * @return the word
     */
    public long client1(final int slotIndex) {
        return slots.getLong(slotIndex, FlowDescriptor.CLIENT_OFFSET + AddressDescriptor.WORD1_OFFSET);
    }

    /**
     * VIP, first word.
     *
     * @param slotIndex of either direction
     * @return the word
     */
    public long vip0(final int slotIndex) {
        return slots.getLong(slotIndex, FlowDescriptor.VIP_OFFSET);
    }

    /**
     * VIP, second word.
     *
     * @param slotIndex of either direction
     * @return the word
     */
    public long vip1(final int slotIndex) {
        return slots.getLong(slotIndex, FlowDescriptor.VIP_OFFSET + AddressDescriptor.WORD1_OFFSET);
    }

    /**
     * The client's port.
     *
     * @param slotIndex of either direction
     * @return in network order
     */
    public int clientPortBe(final int slotIndex) {
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.CLIENT_PORT_BE_OFFSET);
    }

    /**
     * The VIP's port.
     *
     * @param slotIndex of either direction
     * @return in network order
     */
    public int vipPortBe(final int slotIndex) {
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.VIP_PORT_BE_OFFSET);
    }

    /**
     * The source port that the backend sees.
     *
     * @param slotIndex of either direction
     * @return in network order; meaningless without SNAT
     */
    public int snatPortBe(final int slotIndex) {
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.SNAT_PORT_BE_OFFSET);
    }

    /**
     * The source address that the backend sees.
     *
     * @param slotIndex of either direction
     * @return index into the configuration's SNAT addresses, or {@link FlowDescriptor#NO_SNAT}
     */
    public int snatIndex(final int slotIndex) {
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.SNAT_INDEX_OFFSET);
    }

    /**
     * The backend.
     *
     * @param slotIndex of either direction
     * @return its index
     */
    public int backendIndex(final int slotIndex) {
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.BACKEND_INDEX_OFFSET);
    }

    /**
     * Where this direction's packets go.
     *
     * @param slotIndex of the direction
     * @return index of the next hop; 0 = to be resolved
     */
    public int nextHopIndex(final int slotIndex) {
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.NEXT_HOP_INDEX_OFFSET);
    }

    /**
     * The service.
     *
     * @param slotIndex of either direction
     * @return its index
     */
    public int serviceIndex(final int slotIndex) {
        return slots.getUnsignedShort(slotIndex, FlowDescriptor.SERVICE_INDEX_OFFSET);
    }

    /**
     * The protocol.
     *
     * @param slotIndex of either direction
     * @return IPPROTO_TCP or IPPROTO_UDP
     */
    public int protocol(final int slotIndex) {
        return slots.getUnsignedByte(slotIndex, FlowDescriptor.PROTOCOL_OFFSET);
    }

    /**
     * The slot of the other direction.
     *
     * @param slotIndex of either direction
     * @return its index
     */
    public int peerIndex(final int slotIndex) {
        return slots.getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET);
    }

    /**
     * When this direction saw its last packet.
     *
     * @param slotIndex of the direction
     * @return ticks, modulo 2^32
     */
    public int lastSeenTicks(final int slotIndex) {
        return slots.getInt(slotIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET);
    }

    /**
     * State, kind and version.
     *
     * @param slotIndex of either direction
     * @return the control word, by an acquire load
     */
    public int control(final int slotIndex) {
        return slots.control(slotIndex);
    }
}
