package io.fastpath.bench.stage;

import io.fastpath.conntrack.FlowEvents;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTableSizing;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayList;
import java.util.List;

/**
 * A balancer in memory of this process alone: one VIP with a TCP and a UDP service, 16 backends, all neighbours known. Its
 * memory is what production maps from the kernel, in pages of 4 KiB; the JVM never gives it back, so make one per process.
 * One thread.
 *
 * <pre>
 *   clients 198.18.0.0/16 --- gateway 192.0.2.254 --- ifindex 3      ifindex 4 --- backends 10.8.0.1 to 16, port 8080
 *                                           VIP 10.7.0.100:80        SNAT 10.8.1.1 to 16
 * </pre>
 */
public final class MemoryBalancer {
    /** Of the VIP, network order. */
    public static final int VIP_PORT_BE = Endpoint.portBe(80);

    /** Backends of each service. */
    public static final int BACKEND_COUNT = 16;

    private static final int CLIENTS_IFINDEX = 3;
    private static final int BACKENDS_IFINDEX = 4;
    private static final long CLIENTS_MAC = 0x02fc_0000_0003L;
    private static final long BACKENDS_MAC = 0x02fc_0000_0004L;
    private static final long GATEWAY_MAC = 0x02aa_0000_00feL;
    private static final long BACKEND_MAC = 0x02bb_0000_0011L;
    private static final int MTU = 1500;
    private static final int BACKEND_PORT = 8080;
    private static final int SNAT_PORT_MIN = 1024;
    private static final int SNAT_PORT_MAX = 65535;
    private static final int ROW_COUNT = 2; // one CPU, one worker
    private static final int SLOT_COUNT = 64;
    private static final int NEXT_HOP_CAPACITY = 256;
    private static final int MAGLEV_SIZE = 65537;
    private static final Address VIP = Address.parse("10.7.0.100");
    private static final Address GATEWAY = Address.parse("192.0.2.254");
    private static final int NETWORK_MASK = 0xffff; // of the four bytes in memory: the first two
    private static final int BACKEND_NETWORK = 10 | 8 << Byte.SIZE;

    private final SharedTables tables;
    private final InterfaceTable interfaces;
    private final List<ServiceEntry> services;

    /**
     * A balancer.
     *
     * @param connectionCapacity connections that the flow table is sized for
     * @param forwarding of both services
     */
    public MemoryBalancer(final int connectionCapacity, final Forwarding forwarding) {
        final TableSizes sizes = new TableSizes(
                FlowTableSizing.slotCount(connectionCapacity),
                SLOT_COUNT,
                SLOT_COUNT,
                NEXT_HOP_CAPACITY,
                ROW_COUNT,
                1,
                ServiceTable.recommendedMaglevEntryCount(Protocol.values().length, MAGLEV_SIZE));
        tables = SharedTables.allocate(sizes);
        new ConfigRecord(tables.region(MapNames.CONFIG))
                .write(sizes, SnatRange.of(addresses("10.8.1."), SNAT_PORT_MIN, SNAT_PORT_MAX));
        interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        interfaces.put(CLIENTS_IFINDEX, 1, 0, CLIENTS_MAC, MTU);
        interfaces.put(BACKENDS_IFINDEX, 1, 0, BACKENDS_MAC, MTU);
        services = applyServices(forwarding);
        learnNeighbours();
    }

    /**
     * The settings of a worker's pipeline, but for its UMEM.
     *
     * @return not concluded
     */
    public PipelineContext pipelineContext() {
        return new PipelineContext()
                .tables(tables)
                .rowIndex(tables.sizes().workerRow(0))
                .routes(MemoryBalancer::route)
                .nextHopRequests(index -> {
                    throw new IllegalStateException("hop " + index + " is not resolved");
                });
    }

    /**
     * A flow table of its own over the shared slots, whose events nobody hears.
     *
     * @return the table
     */
    public FlowTable flowTable() {
        return new FlowTable(
                tables.region(MapNames.FLOWS),
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.BACKENDS),
                FlowTimeouts.defaults(),
                FlowEvents.NONE);
    }

    /**
     * Bytes of the flow table.
     *
     * @return free slots included
     */
    public long flowTableLength() {
        return tables.region(MapNames.FLOWS).length();
    }

    /**
     * The VIP.
     *
     * @return word 1 of the address; word 0 is 0
     */
    public static long vipWord1() {
        return VIP.word1();
    }

    /**
     * A service's index.
     *
     * @param protocol which of the two
     * @return its slot
     */
    public int serviceIndex(final Protocol protocol) {
        return service(protocol).index();
    }

    /**
     * Backends of a service.
     *
     * @param protocol which of the two
     * @return their indices, {@link #BACKEND_COUNT} of them
     */
    public int[] backendIndices(final Protocol protocol) {
        return service(protocol).backends().stream()
                .mapToInt(BackendEntry::index)
                .toArray();
    }

    /**
     * Where the clients' packets come in.
     *
     * @return slot of the interface
     */
    public int clientsSlot() {
        return interfaces.find(CLIENTS_IFINDEX);
    }

    /**
     * Where the backends' packets come in.
     *
     * @return slot of the interface
     */
    public int backendsSlot() {
        return interfaces.find(BACKENDS_IFINDEX);
    }

    private ServiceEntry service(final Protocol protocol) {
        return services.stream()
                .filter(service -> service.key().protocol() == protocol)
                .findFirst()
                .orElseThrow();
    }

    private List<ServiceEntry> applyServices(final Forwarding forwarding) {
        final List<BackendSpec> backends = addresses("10.8.0.").stream()
                .map(address -> new BackendSpec(address, BACKEND_PORT, 1))
                .toList();
        final List<ServiceSpec> specs = new ArrayList<>();
        for (final Protocol protocol : Protocol.values()) {
            specs.add(new ServiceSpec(
                    protocol.label(), VIP, Endpoint.portBe(VIP_PORT_BE), protocol, forwarding, MAGLEV_SIZE, backends));
        }
        final ServiceTable serviceTable = ServiceTable.attach(LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS)));
        serviceTable.apply(specs);
        return serviceTable.services();
    }

    private void learnNeighbours() {
        learn(CLIENTS_IFINDEX, GATEWAY, GATEWAY_MAC);
        addresses("10.8.0.").forEach(address -> learn(BACKENDS_IFINDEX, address, BACKEND_MAC));
    }

    private void learn(final int ifindex, final Address neighbour, final long mac) {
        final NextHopTable hops = new NextHopTable(tables.region(MapNames.NEXT_HOPS), NEXT_HOP_CAPACITY);
        final NextHopKey key = new NextHopKey().set(ifindex, neighbour.word0(), neighbour.word1());
        hops.findOrClaim(key, interfaces.macMemory(interfaces.find(ifindex)), MTU);
        new NextHopMaintenance(hops).neighbourFound(key, mac, 1);
    }

    /** Backends are on the link, clients behind the gateway. */
    private static boolean route(final long destination0, final long destination1, final NextHopKey hop) {
        if ((AddressDescriptor.ipv4Memory(destination1) & NETWORK_MASK) == BACKEND_NETWORK) {
            hop.set(BACKENDS_IFINDEX, destination0, destination1);
        } else {
            hop.set(CLIENTS_IFINDEX, GATEWAY.word0(), GATEWAY.word1());
        }
        return true;
    }

    private static List<Address> addresses(final String network) {
        final List<Address> addresses = new ArrayList<>();
        for (int i = 1; i <= BACKEND_COUNT; i++) {
            addresses.add(Address.parse(network + i));
        }
        return addresses;
    }
}
