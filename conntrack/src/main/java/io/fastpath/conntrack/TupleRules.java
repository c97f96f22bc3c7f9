package io.fastpath.conntrack;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Which tuple an entry answers to, derived from the endpoints it stores: the forward one is client to VIP, the reverse
 * one backend to SNAT address, or to the client where its address stays, or VIP to client where the backend answers as
 * the VIP. Any thread.
 */
final class TupleRules {
    private final SlotMemory slots;
    private final SharedMemory config;
    private final SharedMemory backends;
    private final TupleHash hash;
    private final int slotCount;

    TupleRules(final SlotMemory slots, final SharedMemory config, final SharedMemory backends) {
        this.slots = slots;
        this.config = config;
        this.backends = backends;
        this.hash = TupleHash.of(config, ConfigDescriptor.HASH_KEY_OFFSET);
        this.slotCount = slots.slotCount();
    }

    /** Keyed hash of a tuple. */
    int hash(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        return hash.hash(source0, source1, destination0, destination1, ports, protocol);
    }

    /** Where the neighbourhood of a hash begins. */
    int home(final int tupleHash) {
        return TupleHash.slot(tupleHash, slotCount);
    }

    /** Sets the home of an entry whose tuple is set, and gives its hash. */
    int home(final PendingEntry entry) {
        final int tupleHash = hash.hash(
                entry.source0, entry.source1, entry.destination0, entry.destination1, entry.ports, entry.protocol);
        entry.homeIndex = home(tupleHash);
        return tupleHash;
    }

    /** Whether a live slot answers to a tuple; to be believed only if the slot is still valid afterwards. */
    boolean matches(
            final int slotIndex,
            final int control,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        if (slots.getUnsignedByte(slotIndex, FlowDescriptor.PROTOCOL_OFFSET) != protocol) {
            return false;
        }
        return Control.isReverse(control)
                ? matchesReverse(slotIndex, source0, source1, destination0, destination1, ports)
                : matchesForward(slotIndex, source0, source1, destination0, destination1, ports);
    }

    private boolean matchesForward(
            final int slotIndex,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports) {
        return slots.getInt(slotIndex, FlowDescriptor.CLIENT_PORT_BE_OFFSET) == ports
                && isAddress(slotIndex, FlowDescriptor.CLIENT_OFFSET, source0, source1)
                && isAddress(slotIndex, FlowDescriptor.VIP_OFFSET, destination0, destination1);
    }

    private boolean matchesReverse(
            final int slotIndex,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports) {
        final int snatIndex = slots.getUnsignedShort(slotIndex, FlowDescriptor.SNAT_INDEX_OFFSET);
        if (snatIndex == FlowDescriptor.DIRECT) {
            return directPorts(slotIndex) == ports
                    && isAddress(slotIndex, FlowDescriptor.VIP_OFFSET, source0, source1)
                    && isAddress(slotIndex, FlowDescriptor.CLIENT_OFFSET, destination0, destination1);
        }
        final long backend = backendOffset(slotIndex);
        return replyPorts(slotIndex, snatIndex, backend) == ports
                && isRecordAddress(backends, backend + BackendDescriptor.ADDRESS_OFFSET, source0, source1)
                && (snatIndex == FlowDescriptor.NO_SNAT
                        ? isAddress(slotIndex, FlowDescriptor.CLIENT_OFFSET, destination0, destination1)
                        : isRecordAddress(config, snatOffset(snatIndex), destination0, destination1));
    }

    /** The home of an entry, from what its slot stores; valid as long as the slot is the same tenant's. */
    int homeOf(final int slotIndex, final int control) {
        final int protocol = slots.getUnsignedByte(slotIndex, FlowDescriptor.PROTOCOL_OFFSET);
        if (!Control.isReverse(control)) {
            return home(hash.hash(
                    address0(slotIndex, FlowDescriptor.CLIENT_OFFSET),
                    address1(slotIndex, FlowDescriptor.CLIENT_OFFSET),
                    address0(slotIndex, FlowDescriptor.VIP_OFFSET),
                    address1(slotIndex, FlowDescriptor.VIP_OFFSET),
                    slots.getInt(slotIndex, FlowDescriptor.CLIENT_PORT_BE_OFFSET),
                    protocol));
        }
        final int snatIndex = slots.getUnsignedShort(slotIndex, FlowDescriptor.SNAT_INDEX_OFFSET);
        if (snatIndex == FlowDescriptor.DIRECT) {
            return home(hash.hash(
                    address0(slotIndex, FlowDescriptor.VIP_OFFSET),
                    address1(slotIndex, FlowDescriptor.VIP_OFFSET),
                    address0(slotIndex, FlowDescriptor.CLIENT_OFFSET),
                    address1(slotIndex, FlowDescriptor.CLIENT_OFFSET),
                    directPorts(slotIndex),
                    protocol));
        }
        final long backend = backendOffset(slotIndex);
        final boolean isTranslated = snatIndex != FlowDescriptor.NO_SNAT;
        return home(hash.hash(
                backends.getLong(backend + BackendDescriptor.ADDRESS_OFFSET),
                backends.getLong(backend + BackendDescriptor.ADDRESS_OFFSET + AddressDescriptor.WORD1_OFFSET),
                isTranslated
                        ? config.getLong(snatOffset(snatIndex))
                        : address0(slotIndex, FlowDescriptor.CLIENT_OFFSET),
                isTranslated
                        ? config.getLong(snatOffset(snatIndex) + AddressDescriptor.WORD1_OFFSET)
                        : address1(slotIndex, FlowDescriptor.CLIENT_OFFSET),
                replyPorts(slotIndex, snatIndex, backend),
                protocol));
    }

    /** The ports of what the VIP sends to the client. */
    private int directPorts(final int slotIndex) {
        return Integer.rotateLeft(slots.getInt(slotIndex, FlowDescriptor.CLIENT_PORT_BE_OFFSET), Short.SIZE);
    }

    /** The ports of a reply: the backend's (the VIP's where it has none of its own), and the one it was given for its client. */
    private int replyPorts(final int slotIndex, final int snatIndex, final long backend) {
        final int replyPortOffset = snatIndex == FlowDescriptor.NO_SNAT
                ? FlowDescriptor.CLIENT_PORT_BE_OFFSET
                : FlowDescriptor.SNAT_PORT_BE_OFFSET;
        final int backendPort = backends.getShort(backend + BackendDescriptor.PORT_BE_OFFSET) & 0xffff;
        return (backendPort == 0 ? slots.getUnsignedShort(slotIndex, FlowDescriptor.VIP_PORT_BE_OFFSET) : backendPort)
                | slots.getUnsignedShort(slotIndex, replyPortOffset) << Short.SIZE;
    }

    private long backendOffset(final int slotIndex) {
        return BackendDescriptor.recordOffset(slots.getUnsignedShort(slotIndex, FlowDescriptor.BACKEND_INDEX_OFFSET));
    }

    /** Where an SNAT address stands in the configuration record. */
    static long snatOffset(final int snatIndex) {
        return ConfigDescriptor.SNAT_OFFSET + (long) snatIndex * AddressDescriptor.LENGTH;
    }

    private long address0(final int slotIndex, final int fieldOffset) {
        return slots.getLong(slotIndex, fieldOffset);
    }

    private long address1(final int slotIndex, final int fieldOffset) {
        return slots.getLong(slotIndex, fieldOffset + AddressDescriptor.WORD1_OFFSET);
    }

    private boolean isAddress(final int slotIndex, final int fieldOffset, final long word0, final long word1) {
        return address0(slotIndex, fieldOffset) == word0 && address1(slotIndex, fieldOffset) == word1;
    }

    private static boolean isRecordAddress(
            final SharedMemory memory, final long offset, final long word0, final long word1) {
        return memory.getLong(offset) == word0 && memory.getLong(offset + AddressDescriptor.WORD1_OFFSET) == word1;
    }
}
