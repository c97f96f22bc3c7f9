package io.fastpath.lb.selection;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.LbMemory;

/**
 * Look-ups of the data path: services, VIPs and the backend of a new flow. Reads shared memory only; no allocation, no
 * lock; any thread. Addresses are two words as {@link AddressDescriptor} says, ports in network order.
 *
 * <p>The control thread may change the tables meanwhile. Each answer is right for the tables before or after the
 * change. One race is left and is benign: who stops between two words of a service's slot while that service goes and,
 * a change later, another takes the slot, may compare a mixed key. What {@link #select} then gives is a backend of the
 * service in that slot.
 */
public final class Selector {
    /** Answer when there is none. */
    public static final int NONE = -1;

    private static final int IN_TURN = Algorithm.WEIGHTED_ROUND_ROBIN.code();
    private static final int OF_TWO = Algorithm.RANDOM_OF_TWO.code();
    private static final int KEY_MASK = 0x00ff_ffff; // port and protocol; forwarding stands in the fourth byte
    private static final int PROTOCOL_SHIFT = 16;
    private static final int ATTEMPT_COUNT = 2;
    private static final int OTHER_COUNT = 16; // see fp_select.h
    private static final int OTHER_SPREAD = 0x85eb_ca6b;
    private static final int OTHER_STEP = 0x9e37_79b1;
    private static final int HASH_TUPLE = HashInput.TUPLE.code();
    private static final int HASH_SOURCE_AND_PORT = HashInput.SOURCE_AND_PORT.code();
    private static final int DESTINATION_PORT_MASK = 0xffff_0000;

    private final LbMemory memory;
    private final SharedMemory services;
    private final SharedMemory maglev;
    private final SharedMemory backends;
    private final TupleHash selectionHash;
    private final int serviceSlotCount;
    private final int backendCapacity;
    private final int maglevEntryCount;
    private final WideServices wide;

    /**
     * A selector.
     *
     * @param memory with the tables
     */
    public Selector(final LbMemory memory) {
        this.memory = memory;
        services = memory.services();
        maglev = memory.maglev();
        backends = memory.backends();
        selectionHash = memory.selectionHash();
        serviceSlotCount = memory.serviceSlotCount();
        backendCapacity = memory.backendCapacity();
        maglevEntryCount = memory.maglevEntryCount();
        wide = new WideServices(memory);
    }

    /**
     * The service of a packet's destination: of the very address and port, else a wide one, for a range of ports or a
     * prefix. The longest prefix wins that has a service for the port; in it the port over a range, and that over all ports.
     *
     * @param destination0 first word of the address
     * @param destination1 second word
     * @param portBe destination port, 0 to 65535, as it stands in memory
     * @param protocol IP protocol number
     * @return service index or {@link #NONE}
     */
    public int serviceIndex(final long destination0, final long destination1, final int portBe, final int protocol) {
        final int slot = exactIndex(destination0, destination1, portBe, protocol);
        return slot == NONE ? wide.find(destination0, destination1, portBe, protocol) : slot;
    }

    private int exactIndex(final long destination0, final long destination1, final int portBe, final int protocol) {
        final int key = portBe | protocol << PROTOCOL_SHIFT;
        int slot = memory.homeSlot(destination0, destination1, portBe, protocol);
        for (int i = 0; i < ServiceDescriptor.PROBE_LIMIT; i++) {
            final long offset = ServiceDescriptor.slotOffset(slot);
            final int state = services.getIntAcquire(offset + ServiceDescriptor.STATE_OFFSET);
            if (state == ServiceDescriptor.STATE_FREE) {
                return NONE;
            }
            if (state == ServiceDescriptor.STATE_LIVE && matches(services, offset, destination0, destination1, key)) {
                return slot;
            }
            slot = slot + 1 == serviceSlotCount ? 0 : slot + 1;
        }
        return NONE;
    }

    /**
     * Whether an address is a VIP of some service, or one of a prefix VIP.
     *
     * @param address0 first word
     * @param address1 second word
     * @return true if a service has it
     */
    public boolean isVip(final long address0, final long address1) {
        return serviceIndex(address0, address1, 0, 0) != NONE;
    }

    /**
     * Whether an address is a VIP by itself, not only one of a prefix: such VIPs alone are on the link, and answered for by
     * ARP and neighbour discovery. The others are routed to the node.
     *
     * @param address0 first word
     * @param address1 second word
     * @return true if a service has it
     */
    public boolean isSingleVip(final long address0, final long address1) {
        return exactIndex(address0, address1, 0, 0) != NONE;
    }

    /**
     * The backend of a new flow: the entry of the service's Maglev table at the hash of what the service says of the
     * tuple ({@link HashInput}), mapped onto the table
     * by multiply and shift ({@link TupleHash#slot}, C twin {@code fp_hash_slot}). The backend's record must be up and
     * of this service; where a change came in between, it is looked up once more.
     *
     * @param serviceIndex as {@link #serviceIndex} gave
     * @param source0 client address, first word
     * @param source1 client address, second word
     * @param destination0 VIP, first word
     * @param destination1 VIP, second word
     * @param ports source port in the low 16 bits, destination port above, as they stand in memory
     * @param protocol IP protocol number
     * @return backend index, or {@link #NONE} when the service has no backend with a weight above 0
     */
    public int select(
            final int serviceIndex,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        final long service = ServiceDescriptor.slotOffset(serviceIndex);
        final int input = services.getInt(service + ServiceDescriptor.FLAGS_OFFSET) & ServiceDescriptor.HASH_MASK;
        final int hash = hash(selectionHash, input, source0, source1, destination0, destination1, ports, protocol);
        final int algorithm = services.getByte(service + ServiceDescriptor.ALGORITHM_OFFSET);
        for (int i = 0; i < ATTEMPT_COUNT; i++) {
            final int backendIndex =
                    algorithm == IN_TURN ? entryInTurn(service) : entry(service, TupleHash.slot(hash, size(service)));
            if (backendIndex == ServiceDescriptor.MAGLEV_NO_BACKEND) {
                return NONE;
            }
            if (isUpFor(backendIndex, serviceIndex)) {
                return algorithm == OF_TWO ? lessLoaded(backendIndex, service, serviceIndex, hash) : backendIndex;
            }
        }
        return NONE;
    }

    private int entryInTurn(final long service) {
        final int size = size(service);
        return size == 0
                ? backendCapacity
                : entry(
                        service,
                        Integer.remainderUnsigned(
                                services.getAndAddInt(service + ServiceDescriptor.ROUND_OFFSET, 1), size));
    }

    private int lessLoaded(final int backendIndex, final long service, final int serviceIndex, final int hash) {
        final int other = entry(service, TupleHash.slot(secondHash(hash), size(service)));
        return isUpFor(other, serviceIndex) && load(other) < load(backendIndex) ? other : backendIndex;
    }

    private int load(final int backendIndex) {
        return backends.getShort(BackendDescriptor.recordOffset(backendIndex) + BackendDescriptor.LOAD_OFFSET) & 0xffff;
    }

    /** A hash that says nothing of the one that it is made of. C twin: {@code fp_second_hash}. */
    private static int secondHash(final int hash) {
        final int first = (hash ^ hash >>> 16) * 0x85eb_ca6b;
        final int second = (first ^ first >>> 13) * 0xc2b2_ae35;
        return second ^ second >>> 16;
    }

    private int size(final long service) {
        return services.getIntAcquire(service + ServiceDescriptor.MAGLEV_SIZE_OFFSET);
    }

    /**
     * Another backend than the one that a SYN leaves. A try of one is drawn by another hash, so all backends get their share
     * of those who leave one. C twin: {@code fp_select_other}.
     *
     * @param serviceIndex as {@link #serviceIndex} gave
     * @param source0 client address, first word
     * @param source1 client address, second word
     * @param destination0 VIP, first word
     * @param destination1 VIP, second word
     * @param ports source port in the low 16 bits, destination port above, as they stand in memory
     * @param protocol IP protocol number
     * @param synCount how often the SYN came again
     * @param avoidedIndex the backend that it leaves
     * @return backend index, or {@link #NONE} where no other was met
     */
    public int selectOther(
            final int serviceIndex,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol,
            final int synCount,
            final int avoidedIndex) {
        final long service = ServiceDescriptor.slotOffset(serviceIndex);
        final int input = services.getInt(service + ServiceDescriptor.FLAGS_OFFSET) & ServiceDescriptor.HASH_MASK;
        int hash = hash(selectionHash, input, source0, source1, destination0, destination1, ports, protocol)
                ^ synCount * OTHER_STEP;
        for (int i = 0; i < OTHER_COUNT; i++) {
            hash = (hash ^ hash >>> 16) * OTHER_SPREAD + OTHER_STEP;
            final int backendIndex = entry(service, TupleHash.slot(hash, size(service)));
            if (backendIndex != avoidedIndex && isUpFor(backendIndex, serviceIndex)) {
                return backendIndex;
            }
        }
        return NONE;
    }

    /**
     * Whether a backend takes new connections.
     *
     * @param backendIndex of a live flow
     * @return false where it is retired, drained, or has no weight
     */
    public boolean takesNew(final int backendIndex) {
        final long record = BackendDescriptor.recordOffset(backendIndex);
        return backends.getIntAcquire(record + BackendDescriptor.STATE_OFFSET) == BackendDescriptor.STATE_UP
                && backends.getInt(record + BackendDescriptor.WEIGHT_OFFSET) != 0
                && (backends.getShort(record + BackendDescriptor.WITHHELD_OFFSET) & 0xffff)
                        < BackendDescriptor.WITHHELD_ALL;
    }

    /**
     * How a service judges TCP segments by their sequence numbers.
     *
     * @param serviceIndex as {@link #serviceIndex} gave
     * @return code of {@link io.fastpath.lb.service.TcpCheckLevel}
     */
    public int tcpCheck(final int serviceIndex) {
        return services.getInt(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.FLAGS_OFFSET)
                        >>> ServiceDescriptor.CHECK_SHIFT
                & ServiceDescriptor.CHECK_MASK;
    }

    /**
     * Whether a TCP segment of no known connection enters one.
     *
     * @param serviceIndex as {@link #serviceIndex} gave
     * @return true if the service picks up
     */
    public boolean picksUp(final int serviceIndex) {
        return (services.getInt(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.FLAGS_OFFSET)
                        & ServiceDescriptor.PICKUP)
                != 0;
    }

    /**
     * The selection hash. With part of the tuple alone, neither VIP nor protocol count: services with the same backends
     * give a client the same one. C twin: {@code fp_selection_hash}.
     */
    static int hash(
            final TupleHash selectionHash,
            final int input,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        if (input == HASH_TUPLE) {
            return selectionHash.hash(source0, source1, destination0, destination1, ports, protocol);
        }
        final int counted = input == HASH_SOURCE_AND_PORT ? ports & DESTINATION_PORT_MASK : 0;
        return selectionHash.hash(source0, source1, 0, 0, counted, 0);
    }

    /**
     * How a service's packets reach its backends.
     *
     * @param serviceIndex as {@link #serviceIndex} gave
     * @return code of {@link io.fastpath.kernelbpf.layout.Forwarding}
     */
    public int forwarding(final int serviceIndex) {
        return services.getByte(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.FORWARDING_OFFSET)
                & 0xff;
    }

    /**
     * The largest segment size that a SYN or SYN+ACK of a service may tell.
     *
     * @param serviceIndex as {@link #serviceIndex} gave, or of a live flow
     * @return 88 to 65535, {@link ServiceDescriptor#MSS_ANY} or {@link ServiceDescriptor#MSS_OF_LINKS}
     */
    public int mssLimit(final int serviceIndex) {
        return services.getShort(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.MSS_LIMIT_OFFSET)
                & 0xffff;
    }

    /**
     * Whether segments of unknown TCP connections are answered with a reset.
     *
     * @param serviceIndex as {@link #serviceIndex} gave
     * @return true if the service wants it so
     */
    public boolean resets(final int serviceIndex) {
        final long flags = ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.FLAGS_OFFSET;
        return (services.getInt(flags) & ServiceDescriptor.RESETS) != 0;
    }

    /**
     * A backend's address.
     *
     * @param backendIndex as {@link #select} gave, or of a live flow
     * @return first word
     */
    public long backendAddress0(final int backendIndex) {
        return backends.getLong(BackendDescriptor.recordOffset(backendIndex) + BackendDescriptor.ADDRESS_OFFSET);
    }

    /**
     * A backend's address.
     *
     * @param backendIndex as {@link #select} gave, or of a live flow
     * @return second word
     */
    public long backendAddress1(final int backendIndex) {
        return backends.getLong(BackendDescriptor.recordOffset(backendIndex)
                + BackendDescriptor.ADDRESS_OFFSET
                + AddressDescriptor.WORD1_OFFSET);
    }

    /**
     * The port at a backend.
     *
     * @param backendIndex as {@link #select} gave, or of a live flow
     * @param vipPortBe the port that the client speaks to, in network order
     * @return the backend's own, or that one where it has none; in network order, 0 to 65535
     */
    public int backendPortBe(final int backendIndex, final int vipPortBe) {
        final int portBe =
                backends.getShort(BackendDescriptor.recordOffset(backendIndex) + BackendDescriptor.PORT_BE_OFFSET)
                        & 0xffff;
        return portBe == 0 ? vipPortBe : portBe;
    }

    /**
     * A backend's next hop.
     *
     * @param backendIndex as {@link #select} gave, or of a live flow
     * @return index in the next-hop table; 0 = not resolved
     */
    public int nextHopIndex(final int backendIndex) {
        return backends.getShort(BackendDescriptor.recordOffset(backendIndex) + BackendDescriptor.NEXT_HOP_INDEX_OFFSET)
                & 0xffff;
    }

    private int entry(final long service, final int slot) {
        final int active = services.getIntAcquire(service + ServiceDescriptor.MAGLEV_ACTIVE_OFFSET);
        final int first = services.getIntAcquire(service
                + (active == 0 ? ServiceDescriptor.MAGLEV_A_INDEX_OFFSET : ServiceDescriptor.MAGLEV_B_INDEX_OFFSET));
        final int index = first + slot;
        if (Integer.compareUnsigned(index, maglevEntryCount) >= 0) {
            return backendCapacity; // a slot that changed hands meanwhile; no backend has this index
        }
        return maglev.getShort((long) index * ServiceDescriptor.MAGLEV_ENTRY_LENGTH) & 0xffff;
    }

    private boolean isUpFor(final int backendIndex, final int serviceIndex) {
        if (backendIndex >= backendCapacity) {
            return false;
        }
        final long record = BackendDescriptor.recordOffset(backendIndex);
        return backends.getIntAcquire(record + BackendDescriptor.STATE_OFFSET) == BackendDescriptor.STATE_UP
                && (backends.getShort(record + BackendDescriptor.SERVICE_INDEX_OFFSET) & 0xffff) == serviceIndex;
    }

    static boolean matches(
            final SharedMemory services,
            final long offset,
            final long destination0,
            final long destination1,
            final int key) {
        return services.getLong(offset + ServiceDescriptor.VIP_OFFSET) == destination0
                && services.getLong(offset + ServiceDescriptor.VIP_OFFSET + AddressDescriptor.WORD1_OFFSET)
                        == destination1
                && (services.getInt(offset + ServiceDescriptor.PORT_BE_OFFSET) & KEY_MASK) == key;
    }
}
