package io.fastpath.kernelbpf.layout;

/**
 * Which VLAN a packet is in when it leaves, by the one that it came in by: a row for each slot of the interface table,
 * asked for interfaces with {@link InterfaceDescriptor#FLAG_KEEP_VLANS} only. An id of 0 means that the tag comes off. Each
 * tag of two is asked for by itself. Writer: the control thread, before it sets the flag. C twin: {@code struct fp_vlan_row}.
 */
public final class VlanDescriptor {
    /** Ids of a row. */
    public static final int IDS = 4096;

    /** Bytes of an id: u16, host order. */
    public static final int ID_LENGTH = 2;

    /** Bytes of a row. */
    public static final int LENGTH = IDS * ID_LENGTH;

    private VlanDescriptor() {}

    /**
     * Where an id stands.
     *
     * @param slotIndex the interface's slot
     * @param id of a tag, below {@link #IDS}
     * @return bytes from the table's start
     */
    public static long idOffset(final int slotIndex, final int id) {
        return (long) slotIndex * LENGTH + (long) id * ID_LENGTH;
    }
}
