package io.fastpath.lb;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.Locale;

/**
 * The shared tables of load balancing with their sizes and hashes, as the configuration record gives them. It owns no
 * memory and writes none. Immutable; any thread.
 */
public final class LbMemory {
    /** Most service slots: flows name a service in 16 bits. */
    public static final int SERVICE_SLOT_LIMIT = 0xffff;

    /** Most backends: Maglev entries and flows name one in 16 bits, and one value means none. */
    public static final int BACKEND_LIMIT = ServiceDescriptor.MAGLEV_NO_BACKEND;

    private final SharedMemory control;
    private final SharedMemory services;
    private final SharedMemory maglev;
    private final SharedMemory backends;
    private final int serviceSlotCount;
    private final int backendCapacity;
    private final int maglevEntryCount;
    private final TupleHash serviceHash;
    private final TupleHash selectionHash;

    private LbMemory(
            final SharedMemory config,
            final SharedMemory control,
            final SharedMemory services,
            final SharedMemory maglev,
            final SharedMemory backends) {
        this.control = control;
        this.services = services;
        this.maglev = maglev;
        this.backends = backends;
        serviceSlotCount = config.getInt(ConfigDescriptor.SERVICE_SLOT_COUNT_OFFSET);
        backendCapacity = config.getInt(ConfigDescriptor.BACKEND_CAPACITY_OFFSET);
        maglevEntryCount = config.getInt(ConfigDescriptor.MAGLEV_ENTRY_COUNT_OFFSET);
        serviceHash = TupleHash.of(config, ConfigDescriptor.HASH_KEY_OFFSET);
        selectionHash = TupleHash.of(config, ConfigDescriptor.SELECTION_KEY_OFFSET);
    }

    /**
     * Views tables.
     *
     * @param config a complete {@link ConfigDescriptor} record
     * @param control the {@link ControlDescriptor} record
     * @param services {@link ServiceDescriptor} slots
     * @param maglev Maglev entries
     * @param backends {@link BackendDescriptor} records
     * @return the view
     * @throws IllegalArgumentException when the record is of another layout, or a table is smaller than it says
     */
    public static LbMemory of(
            final SharedMemory config,
            final SharedMemory control,
            final SharedMemory services,
            final SharedMemory maglev,
            final SharedMemory backends) {
        final int magic = config.getInt(ConfigDescriptor.MAGIC_OFFSET);
        final int version = config.getInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET);
        if (magic != ConfigDescriptor.MAGIC || version != ConfigDescriptor.LAYOUT_VERSION) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "configuration record has magic %08x and layout %d, not %08x and %d",
                    magic,
                    version,
                    ConfigDescriptor.MAGIC,
                    ConfigDescriptor.LAYOUT_VERSION));
        }
        final LbMemory memory = new LbMemory(config, control, services, maglev, backends);
        check("service slots", memory.serviceSlotCount, SERVICE_SLOT_LIMIT, services, ServiceDescriptor.LENGTH);
        check("backends", memory.backendCapacity, BACKEND_LIMIT, backends, BackendDescriptor.LENGTH);
        check(
                "Maglev entries",
                memory.maglevEntryCount,
                Integer.MAX_VALUE,
                maglev,
                ServiceDescriptor.MAGLEV_ENTRY_LENGTH);
        return memory;
    }

    /**
     * Allocates empty tables outside any BPF map, for dry runs, tests and benchmarks. They are never freed.
     *
     * @param serviceSlotCount 1 to {@link #SERVICE_SLOT_LIMIT}
     * @param backendCapacity 1 to {@link #BACKEND_LIMIT}
     * @param maglevEntryCount 1 or more
     * @param hashSeed that the service table's hash key is made from
     * @return the tables
     */
    public static LbMemory allocate(
            final int serviceSlotCount, final int backendCapacity, final int maglevEntryCount, final long hashSeed) {
        final SharedMemory config = SharedMemory.allocate(ConfigDescriptor.LENGTH);
        config.putInt(ConfigDescriptor.MAGIC_OFFSET, ConfigDescriptor.MAGIC);
        config.putInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET, ConfigDescriptor.LAYOUT_VERSION);
        config.putInt(ConfigDescriptor.SERVICE_SLOT_COUNT_OFFSET, serviceSlotCount);
        config.putInt(ConfigDescriptor.BACKEND_CAPACITY_OFFSET, backendCapacity);
        config.putInt(ConfigDescriptor.MAGLEV_ENTRY_COUNT_OFFSET, maglevEntryCount);
        SelectionKey.storeWords(config, ConfigDescriptor.HASH_KEY_OFFSET, SelectionKey.expand(hashSeed));
        SelectionKey.store(config);
        return of(
                config,
                SharedMemory.allocate(ControlDescriptor.LENGTH),
                SharedMemory.allocate((long) serviceSlotCount * ServiceDescriptor.LENGTH),
                SharedMemory.allocate((long) maglevEntryCount * ServiceDescriptor.MAGLEV_ENTRY_LENGTH),
                SharedMemory.allocate((long) backendCapacity * BackendDescriptor.LENGTH));
    }

    /**
     * The slot at which the search for a service begins: the home of the hash of (VIP, zero address, ports with the
     * source port 0, protocol). It goes on to the next slots, around the end, for
     * {@link ServiceDescriptor#PROBE_LIMIT} slots at most. No allocation; any thread.
     *
     * @param vip0 first word of the VIP
     * @param vip1 second word
     * @param portBe port in network order; 0 for the entry of a VIP itself
     * @param protocol IP protocol number; 0 for the entry of a VIP itself
     * @return slot index
     */
    public int homeSlot(final long vip0, final long vip1, final int portBe, final int protocol) {
        return homeSlot(vip0, vip1, portBe, protocol, 0);
    }

    /**
     * The slot at which the search for a wide service begins, or for a prefix VIP.
     *
     * @param vip0 first word of the address or prefix
     * @param vip1 second word
     * @param portBe port in network order, or number of the range; 0 for the entry of a VIP itself
     * @param protocol the protocol byte, with its bits
     * @param hostBits of the prefix; 0 for an address
     * @return slot index
     */
    public int homeSlot(final long vip0, final long vip1, final int portBe, final int protocol, final int hostBits) {
        return TupleHash.slot(serviceHash.hash(vip0, vip1, 0, 0, portBe << 16 | hostBits, protocol), serviceSlotCount);
    }

    /**
     * The control record.
     *
     * @return of which load balancing has the words about wide services
     */
    public SharedMemory control() {
        return control;
    }

    /**
     * The service table.
     *
     * @return {@link ServiceDescriptor} slots
     */
    public SharedMemory services() {
        return services;
    }

    /**
     * The Maglev array.
     *
     * @return u16 entries
     */
    public SharedMemory maglev() {
        return maglev;
    }

    /**
     * The backend table.
     *
     * @return {@link BackendDescriptor} records
     */
    public SharedMemory backends() {
        return backends;
    }

    /**
     * Slots of the service table.
     *
     * @return at most {@link #SERVICE_SLOT_LIMIT}
     */
    public int serviceSlotCount() {
        return serviceSlotCount;
    }

    /**
     * Records of the backend table.
     *
     * @return at most {@link #BACKEND_LIMIT}
     */
    public int backendCapacity() {
        return backendCapacity;
    }

    /**
     * Entries of the Maglev array.
     *
     * @return 1 or more
     */
    public int maglevEntryCount() {
        return maglevEntryCount;
    }

    /**
     * The hash that picks a Maglev slot.
     *
     * @return keyed with the selection key
     */
    public TupleHash selectionHash() {
        return selectionHash;
    }

    private static void check(
            final String what, final int count, final int limit, final SharedMemory table, final int length) {
        if (count < 1 || count > limit) {
            throw new IllegalArgumentException(what + ": " + count + " is not in 1.." + limit);
        }
        if (table.length() < (long) count * length) {
            throw new IllegalArgumentException(
                    what + ": " + count + " of " + length + " bytes don't fit in " + table.length() + " bytes");
        }
    }
}
