package io.fastpath.fastpath.tables;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The interfaces that an instance serves ({@link InterfaceDescriptor}). The control thread adds and removes; any thread
 * looks up. An interface keeps its slot while it is served, so that a slot may be stored.
 */
public final class InterfaceTable {
    /** No slot. */
    public static final int NOT_FOUND = -1;

    private static final int SLOT_MASK = InterfaceDescriptor.SLOTS - 1;

    private final SharedMemory memory;

    /**
     * Views the table.
     *
     * @param memory its region
     */
    public InterfaceTable(final SharedMemory memory) {
        this.memory = memory;
    }

    /**
     * Starts to serve an interface, or writes the record of a served one anew.
     *
     * @param ifindex of the interface, from 1
     * @param queueCount receive queues, at most {@link InterfaceDescriptor#QUEUES_PER_INTERFACE}
     * @param flags FLAG bits of {@link InterfaceDescriptor}
     * @param mac as a number, the first byte on the wire uppermost
     * @param mtu largest IP packet
     * @return its slot
     * @throws IllegalArgumentException if a number is out of range
     * @throws IllegalStateException if the slots where it may stand are taken
     */
    public int put(final int ifindex, final int queueCount, final int flags, final long mac, final int mtu) {
        check(ifindex, "ifindex", 1, Integer.MAX_VALUE);
        check(queueCount, "queueCount", 1, InterfaceDescriptor.QUEUES_PER_INTERFACE);
        check(mtu, "mtu", 1, 0xffff);
        int slot = find(ifindex);
        if (slot == NOT_FOUND) {
            slot = findFree(ifindex);
            addresses(slot, 0, 0, 0);
        }
        final long offset = InterfaceDescriptor.recordOffset(slot);
        memory.putInt(offset + InterfaceDescriptor.QUEUE_COUNT_OFFSET, queueCount);
        memory.putInt(offset + InterfaceDescriptor.FLAGS_OFFSET, flags);
        memory.putLong(offset + InterfaceDescriptor.MAC_OFFSET, MacWord.ofNumber(mac) | (long) mtu << MacWord.BITS);
        memory.putIntRelease(offset + InterfaceDescriptor.IFINDEX_OFFSET, ifindex);
        return slot;
    }

    /**
     * Writes the node's own addresses on an interface.
     *
     * @param slot of the interface
     * @param ipv4 as it stands in memory; 0 for none
     * @param ipv6Word0 first word of the IPv6 address; both 0 for none
     * @param ipv6Word1 second word
     */
    public void addresses(final int slot, final int ipv4, final long ipv6Word0, final long ipv6Word1) {
        final long offset = InterfaceDescriptor.recordOffset(slot);
        memory.putInt(offset + InterfaceDescriptor.IPV4_BE_OFFSET, ipv4);
        memory.putLong(offset + InterfaceDescriptor.IPV6_OFFSET, ipv6Word0);
        memory.putLong(offset + InterfaceDescriptor.IPV6_OFFSET + Long.BYTES, ipv6Word1);
    }

    /**
     * The node's own IPv4 address on an interface.
     *
     * @param slot of the interface
     * @return as it stands in memory; 0 for none
     */
    public int ipv4(final int slot) {
        return memory.getInt(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.IPV4_BE_OFFSET);
    }

    /**
     * The node's own IPv6 address on an interface.
     *
     * @param slot of the interface
     * @return first word; both 0 for none
     */
    public long ipv6Word0(final int slot) {
        return memory.getLong(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.IPV6_OFFSET);
    }

    /**
     * The node's own IPv6 address on an interface.
     *
     * @param slot of the interface
     * @return second word
     */
    public long ipv6Word1(final int slot) {
        return memory.getLong(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.IPV6_OFFSET + Long.BYTES);
    }

    /**
     * Ends the service of an interface; unknown ones are fine.
     *
     * @param ifindex of the interface
     */
    public void remove(final int ifindex) {
        final int slot = find(ifindex);
        if (slot != NOT_FOUND) {
            memory.putIntRelease(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.IFINDEX_OFFSET, 0);
        }
    }

    /**
     * Finds an interface.
     *
     * @param ifindex of the interface
     * @return its slot, or {@link #NOT_FOUND}
     */
    public int find(final int ifindex) {
        if (ifindex <= 0) {
            return NOT_FOUND;
        }
        for (int i = 0; i < InterfaceDescriptor.PROBE_LIMIT; i++) {
            final int slot = ifindex + i & SLOT_MASK;
            if (ifindex(slot) == ifindex) {
                return slot;
            }
        }
        return NOT_FOUND;
    }

    /**
     * The interface in a slot.
     *
     * @param slot below {@link InterfaceDescriptor#SLOTS}
     * @return its index, 0 for none
     */
    public int ifindex(final int slot) {
        return memory.getIntAcquire(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.IFINDEX_OFFSET);
    }

    /**
     * Flags of the interface in a slot.
     *
     * @param slot below {@link InterfaceDescriptor#SLOTS}
     * @return FLAG bits
     */
    public int flags(final int slot) {
        return memory.getInt(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.FLAGS_OFFSET);
    }

    /**
     * Whether L4 checksums of what comes in there are computed afresh.
     *
     * @param slot of a live entry
     * @return true where senders leave them to offload
     */
    public boolean isRecomputed(final int slot) {
        return (flags(slot) & InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM) != 0;
    }

    /**
     * Receive queues of the interface in a slot.
     *
     * @param slot below {@link InterfaceDescriptor#SLOTS}
     * @return how many
     */
    public int queueCount(final int slot) {
        return memory.getInt(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.QUEUE_COUNT_OFFSET);
    }

    /**
     * MAC address of the interface in a slot.
     *
     * @param slot below {@link InterfaceDescriptor#SLOTS}
     * @return its six bytes as they stand in memory, in the low 48 bits
     */
    public long macMemory(final int slot) {
        return MacWord.of(memory.getLong(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.MAC_OFFSET));
    }

    /**
     * MTU of the interface in a slot.
     *
     * @param slot below {@link InterfaceDescriptor#SLOTS}
     * @return largest IP packet
     */
    public int mtu(final int slot) {
        return memory.getShort(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.MTU_OFFSET) & 0xffff;
    }

    private int findFree(final int ifindex) {
        for (int i = 0; i < InterfaceDescriptor.PROBE_LIMIT; i++) {
            final int slot = ifindex + i & SLOT_MASK;
            if (ifindex(slot) == 0) {
                return slot;
            }
        }
        throw new IllegalStateException("no slot for the interface with index " + ifindex + ": the "
                + InterfaceDescriptor.PROBE_LIMIT + " slots from " + (ifindex & SLOT_MASK) + " on (index modulo "
                + InterfaceDescriptor.SLOTS + ") are taken by other interfaces; serve fewer interfaces");
    }

    private static void check(final int value, final String name, final int min, final int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "interface record: " + name + " is " + value + ", allowed is " + min + " to " + max);
        }
    }
}
