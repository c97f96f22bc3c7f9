package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;

/**
 * A consistent copy of one connection, taken while others write. One thread; reading it again replaces the copy.
 * Addresses are two words as in {@link AddressDescriptor}, ports are in network order.
 */
public final class FlowFlyweight {
    private int slotIndex;
    private int control;
    private int forwardSeenTicks;
    private int reverseSeenTicks;
    private int forwardNextHopIndex;
    private int reverseNextHopIndex;
    private long client0;
    private long client1;
    private long vip0;
    private long vip1;
    private long ports;
    private long indices;

    /**
     * Copies the connection whose forward slot this is.
     *
     * @return false if it isn't one, or did not hold still
     */
    boolean copy(final SlotMemory slots, final int slotIndex) {
        final int control = slots.control(slotIndex);
        if (!Control.isLive(control) || Control.isReverse(control)) {
            return false;
        }
        final int reverseIndex = slots.getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET);
        this.slotIndex = slotIndex;
        this.control = control;
        client0 = slots.getLong(slotIndex, FlowDescriptor.CLIENT_OFFSET);
        client1 = slots.getLong(slotIndex, FlowDescriptor.CLIENT_OFFSET + AddressDescriptor.WORD1_OFFSET);
        vip0 = slots.getLong(slotIndex, FlowDescriptor.VIP_OFFSET);
        vip1 = slots.getLong(slotIndex, FlowDescriptor.VIP_OFFSET + AddressDescriptor.WORD1_OFFSET);
        ports = slots.getLong(slotIndex, FlowDescriptor.CLIENT_PORT_BE_OFFSET);
        indices = slots.getLong(slotIndex, FlowDescriptor.BACKEND_INDEX_OFFSET);
        forwardSeenTicks = slots.getInt(slotIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET);
        reverseSeenTicks = slots.getInt(reverseIndex, FlowDescriptor.LAST_SEEN_TICKS_OFFSET);
        forwardNextHopIndex = slots.getUnsignedShort(slotIndex, FlowDescriptor.NEXT_HOP_INDEX_OFFSET);
        reverseNextHopIndex = slots.getUnsignedShort(reverseIndex, FlowDescriptor.NEXT_HOP_INDEX_OFFSET);
        return slots.stillValid(slotIndex, control);
    }

    /**
     * The forward slot.
     *
     * @return its index
     */
    public int slotIndex() {
        return slotIndex;
    }

    /**
     * A handle of the forward slot, as a look-up gives it.
     *
     * @return of {@link FlowHandle}
     */
    public long handle() {
        return FlowHandle.of(slotIndex, control);
    }

    /**
     * The connection's state.
     *
     * @return a code of {@code FlowState}
     */
    public int state() {
        return Control.state(control);
    }

    /**
     * The forwarding mode.
     *
     * @return a code of {@code Forwarding}
     */
    public int forwardingCode() {
        return Control.forwardingCode(control);
    }

    /**
     * Client address, first word.
     *
     * @return the word
     */
    public long client0() {
        return client0;
    }

    /**
     * Client address, second word.
     *
     * @return the word
     */
    public long client1() {
        return client1;
    }

    /**
     * VIP, first word.
     *
     * @return the word
     */
    public long vip0() {
        return vip0;
    }

    /**
     * VIP, second word.
     *
     * @return the word
     */
    public long vip1() {
        return vip1;
    }

    /**
     * The client's port.
     *
     * @return in network order
     */
    public int clientPortBe() {
        return field(ports, FlowDescriptor.CLIENT_PORT_BE_OFFSET);
    }

    /**
     * The VIP's port.
     *
     * @return in network order
     */
    public int vipPortBe() {
        return field(ports, FlowDescriptor.VIP_PORT_BE_OFFSET);
    }

    /**
     * The source port that the backend sees.
     *
     * @return in network order; meaningless without SNAT
     */
    public int snatPortBe() {
        return field(ports, FlowDescriptor.SNAT_PORT_BE_OFFSET);
    }

    /**
     * The source address that the backend sees.
     *
     * @return index into the configuration's SNAT addresses, or {@link FlowDescriptor#NO_SNAT}
     */
    public int snatIndex() {
        return field(ports, FlowDescriptor.SNAT_INDEX_OFFSET);
    }

    /**
     * The backend.
     *
     * @return its index
     */
    public int backendIndex() {
        return field(indices, FlowDescriptor.BACKEND_INDEX_OFFSET);
    }

    /**
     * The service.
     *
     * @return its index
     */
    public int serviceIndex() {
        return field(indices, FlowDescriptor.SERVICE_INDEX_OFFSET);
    }

    /**
     * The protocol.
     *
     * @return IPPROTO_TCP or IPPROTO_UDP
     */
    public int protocol() {
        return field(indices, FlowDescriptor.PROTOCOL_OFFSET) & 0xff;
    }

    /**
     * Where the requests go.
     *
     * @return index of the next hop; 0 = to be resolved
     */
    public int forwardNextHopIndex() {
        return forwardNextHopIndex;
    }

    /**
     * Where the replies go.
     *
     * @return index of the next hop; 0 = to be resolved
     */
    public int reverseNextHopIndex() {
        return reverseNextHopIndex;
    }

    /**
     * How long neither direction has seen a packet.
     *
     * @param nowTicks of {@link FlowDescriptor#ticks}
     * @return ticks of 2^20 ns
     */
    public int idleTicks(final int nowTicks) {
        return Math.min(
                FlowTimeouts.idleTicks(nowTicks, forwardSeenTicks), FlowTimeouts.idleTicks(nowTicks, reverseSeenTicks));
    }

    /** A field of one of the slot's last two words, each of which begins at a multiple of 8. */
    private static int field(final long word, final int fieldOffset) {
        return (int) (word >>> (fieldOffset & 7) * Byte.SIZE) & 0xffff;
    }
}
