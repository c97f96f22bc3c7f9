package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.drain.FlowMover;
import io.fastpath.fastpath.nexthop.FlowRerouter;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.OpenTable;
import io.fastpath.fastpath.tables.RateTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.fastpath.tables.VlanTable;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.BackendStats;
import io.fastpath.lb.service.DrainSpec;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import io.fastpath.lb.service.SourcePublisher;
import io.fastpath.lb.service.TrackingSpec;
import io.fastpath.lb.service.Vip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A whole balancer in memory, without a kernel: tables, routes, neighbours and a clock that tests move by hand.
 *
 * <pre>
 *   client 192.0.2.10 ----- ifindex 3, CLIENTS        ifindex 4, SERVERS ----- backends 10.8.0.x
 *   2001:db8:1::10          02:fc:00:00:00:03         02:fc:00:00:00:04        2001:db8:8::x
 *   gateway 192.0.2.254 --- 198.51.100.0/24           SNAT 10.8.0.1, 2001:db8:8::1
 * </pre>
 */
public final class TestBalancer {
    public static final int CLIENTS = 3;
    public static final int SERVERS = 4;
    public static final int UNSERVED = 9;
    public static final int MTU = 1500;

    public static final String CLIENTS_MAC = "02:fc:00:00:00:03";
    public static final String SERVERS_MAC = "02:fc:00:00:00:04";
    public static final String CLIENT_MAC = "02:aa:00:00:00:10";
    public static final String GATEWAY_MAC = "02:aa:00:00:00:fe";
    public static final String OWN = "192.0.2.1";
    public static final String OWN6 = "2001:db8:1::1";
    public static final String INNER = "10.8.0.2";
    public static final String INNER6 = "2001:db8:8::2";
    public static final String BACKEND_MAC = "02:bb:00:00:00:11";

    private final TestRoutes routes = new TestRoutes();
    private final Map<String, String> neighbours = new TreeMap<>();
    private final Map<String, String> clientNeighbours = new TreeMap<>();
    private final List<Integer> requests = new ArrayList<>();
    private final List<ServiceSpec> services = new ArrayList<>();
    private SelectionSpec selection = SelectionSpec.DEFAULT;
    private int newPerSecond;
    private int openLimit;
    private int openLimitPerClient;
    private int newPerSecondPerClient;
    private MssLimit mss = MssLimit.NONE;
    private DrainSpec drain;
    private boolean hasCookies;
    private int cookiesAbove;
    private int errorsPerSecond;
    private boolean hasAddresses;
    private int portMin = 40000;
    private int portMax = 40000;
    private int flowSlotCount = 4096;
    private int synTries = ControlRecord.SYN_TRIES_DEFAULT;
    private TrackingSpec tracking = TrackingSpec.DEFAULT;
    private int clientsFlags;
    private Map<Integer, Integer> clientsVlans = Map.of();
    private Map<Integer, Integer> serversVlans = Map.of();
    private int serversFlags;
    private SharedTables tables;
    private ServiceTable serviceTable;
    private NextHopTable nextHops;
    private final List<TestWorker> workers = new ArrayList<>();
    private Function<TableSizes, SharedTables> memory = SharedTables::allocate;
    private LongSupplier clock = () -> 1_000_000_000L;
    private long advancedNs;
    private long hashSeed;

    public TestBalancer() {
        routes.add("192.0.2.0", 3, CLIENTS, null);
        routes.add("198.51.100.0", 3, CLIENTS, "192.0.2.254");
        routes.add("2001:db8:1::", 6, CLIENTS, null);
        routes.add("10.8.0.0", 3, SERVERS, null);
        routes.add("2001:db8:8::", 6, SERVERS, null);
        routes.add("10.9.0.0", 3, UNSERVED, null);
        neighbours.put("10.8.0.11", BACKEND_MAC);
        neighbours.put("2001:db8:8::11", BACKEND_MAC);
    }

    public TestBalancer snatPorts(final int min, final int max) {
        portMin = min;
        portMax = max;
        return this;
    }

    public TestBalancer flowSlots(final int count) {
        flowSlotCount = count;
        return this;
    }

    /** Where its tables are to be; all zero. Without this they are allocated. */
    public TestBalancer memory(final Function<TableSizes, SharedTables> source) {
        memory = source;
        return this;
    }

    /** Time that passes by itself, in ns. Without this it stands still but for {@link #advance}. */
    public TestBalancer clock(final LongSupplier source) {
        clock = source;
        return this;
    }

    /** Draws the flow table's secret from a seed, so that two balancers have the same. */
    public TestBalancer hashSeed(final long seed) {
        hashSeed = seed;
        return this;
    }

    public TestBalancer interfaceFlags(final int clients, final int servers) {
        clientsFlags = clients;
        serversFlags = servers;
        return this;
    }

    /** What becomes of the tags of packets that clients send, and of those that backends send. */
    public TestBalancer vlans(final Map<Integer, Integer> ofClients, final Map<Integer, Integer> ofServers) {
        clientsVlans = ofClients;
        serversVlans = ofServers;
        return interfaceFlags(
                ofClients.isEmpty() ? 0 : InterfaceDescriptor.FLAG_KEEP_VLANS,
                ofServers.isEmpty() ? 0 : InterfaceDescriptor.FLAG_KEEP_VLANS);
    }

    /** A backend whose MAC is known. */
    public TestBalancer neighbour(final String address, final String mac) {
        neighbours.put(address, mac);
        return this;
    }

    /** A backend on the clients' link whose MAC is known. */
    public TestBalancer neighbourOfClients(final String address, final String mac) {
        clientNeighbours.put(address, mac);
        return this;
    }

    /** How many new connections each service takes; 0 for any number. */
    public TestBalancer limits(final int perSecond, final int perSecondPerClient) {
        newPerSecond = perSecond;
        newPerSecondPerClient = perSecondPerClient;
        return this;
    }

    /** That TCP services answer SYNs with cookies beyond so many in a second; 0 for all of them. */
    public TestBalancer cookies(final int above) {
        hasCookies = true;
        cookiesAbove = above;
        return this;
    }

    /** How many connections each service may have open, and each client with it; 0 for any number. */
    public TestBalancer openLimits(final int limit, final int perClient) {
        openLimit = limit;
        openLimitPerClient = perClient;
        return this;
    }

    /** How often a SYN must come again before it leaves its backend. */
    public TestBalancer synTries(final int tries) {
        synTries = tries;
        return this;
    }

    /** How the connections of services that are added from now on are tracked. */
    public TestBalancer tracking(final TrackingSpec spec) {
        tracking = spec;
        return this;
    }

    /** How the services that are added from now on pick backends. */
    public TestBalancer selection(final SelectionSpec spec) {
        selection = spec;
        return this;
    }

    /** How many ICMP errors of its own it may send; none unless this says so. */
    public TestBalancer errorsPerSecond(final int count) {
        errorsPerSecond = count;
        return this;
    }

    /** It has the addresses {@link #OWN}, {@link #OWN6} on the clients' side, and {@link #INNER}, {@link #INNER6}. */
    public TestBalancer ownAddresses() {
        hasAddresses = true;
        return this;
    }

    /** What segment sizes the services that are added from now on let pass. */
    public TestBalancer mss(final MssLimit limit) {
        mss = limit;
        return this;
    }

    /** What becomes of flows of the services that are added from now on. */
    public TestBalancer drain(final DrainSpec spec) {
        drain = spec;
        return this;
    }

    /** A service whose backends are given as address and port in turn. */
    public TestBalancer service(
            final Protocol protocol,
            final String vip,
            final int port,
            final Forwarding forwarding,
            final Object... backends) {
        return service(new ServiceKey(Vip.parse(vip), Ports.of(port), protocol), forwarding, backends);
    }

    /** A service for a range of ports or a prefix; a backend's port may be 0, for the client's. */
    public TestBalancer service(final ServiceKey key, final Forwarding forwarding, final Object... backends) {
        final List<BackendSpec> specs = new ArrayList<>();
        for (int i = 0; i < backends.length; i += 2) {
            specs.add(new BackendSpec(Address.parse((String) backends[i]), (Integer) backends[i + 1], 1));
        }
        final DrainSpec rule = drain == null ? DrainSpec.of(key.protocol()) : drain;
        services.add(
                new ServiceSpec("s" + services.size(), key, forwarding, 1009, selection, mss, rule, tracking, specs));
        return this;
    }

    /** What is asked for most: one backend, TCP and UDP, both modes, both families. */
    public TestBalancer usualServices() {
        for (final Protocol protocol : Protocol.values()) {
            usualServices(protocol);
        }
        return this;
    }

    /** The same for one protocol. */
    public TestBalancer usualServices(final Protocol protocol) {
        service(protocol, "10.7.0.100", 80, Forwarding.FULL_NAT, "10.8.0.11", 8080);
        service(protocol, "10.7.0.100", 90, Forwarding.NAT, "10.8.0.11", 9090);
        service(protocol, "2001:db8:7::100", 80, Forwarding.FULL_NAT, "2001:db8:8::11", 8080);
        service(protocol, "2001:db8:7::100", 90, Forwarding.NAT, "2001:db8:8::11", 9090);
        return this;
    }

    public TestBalancer start() {
        final TableSizes plain = new TableSizes(flowSlotCount, 256, 256, 256, 6, 2, 128 * 1024);
        final boolean isChecked =
                services.stream().anyMatch(service -> service.tracking().isChecked());
        final TableSizes sizes = hasCookies || isChecked ? plain.withTcpSlots() : plain;
        tables = memory.apply(sizes);
        final List<Address> sources = Arrays.asList(Address.parse("10.8.0.1"), Address.parse("2001:db8:8::1"));
        new ConfigRecord(tables.region(MapNames.CONFIG)).write(sizes, SnatRange.of(sources, portMin, portMax));
        if (hashSeed != 0) {
            writeHashKey();
        }
        final InterfaceTable interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        final VlanTable vlans = new VlanTable(tables.region(MapNames.VLANS));
        vlans.put(interfaces.put(CLIENTS, 1, clientsFlags, number(CLIENTS_MAC), MTU), clientsVlans);
        vlans.put(interfaces.put(SERVERS, 1, serversFlags, number(SERVERS_MAC), MTU), serversVlans);
        if (hasAddresses) {
            own(interfaces, CLIENTS, OWN, OWN6);
            own(interfaces, SERVERS, INNER, INNER6);
        }
        new ControlRecord(tables.region(MapNames.CONTROL)).errorRate(errorsPerSecond);
        new ControlRecord(tables.region(MapNames.CONTROL)).synTries(synTries);
        serviceTable = ServiceTable.attach(LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS)));
        serviceTable.apply(services);
        publishSources(services);
        final RateTable rates = new RateTable(tables.region(MapNames.RATES));
        for (int index = 0; index < sizes.serviceSlotCount(); index++) {
            rates.put(index, newPerSecond, newPerSecondPerClient);
            new OpenTable(tables.region(MapNames.OPENS)).put(index, openLimit, openLimitPerClient);
            rates.cookies(index, hasCookies, cookiesAbove);
        }
        nextHops = new NextHopTable(tables.region(MapNames.NEXT_HOPS), sizes.nextHopCapacity());
        clientNeighbours.forEach((address, mac) -> learnNeighbour(CLIENTS, address, mac));
        neighbours.forEach((address, mac) -> learnNeighbour(SERVERS, address, mac));
        for (int worker = 0; worker < sizes.workerRowCount(); worker++) {
            workers.add(new TestWorker(this, sizes.workerRow(worker)));
        }
        return this;
    }

    private static void own(final InterfaceTable interfaces, final int ifindex, final String ipv4, final String ipv6) {
        final Address six = Address.parse(ipv6);
        interfaces.addresses(
                interfaces.find(ifindex),
                AddressDescriptor.ipv4Memory(Address.parse(ipv4).word1()),
                six.word0(),
                six.word1());
    }

    /** Whose connections services take. */
    public void publishSources(final List<ServiceSpec> specs) {
        new SourcePublisher(
                        LbMemory.of(
                                tables.region(MapNames.CONFIG),
                                tables.region(MapNames.CONTROL),
                                tables.region(MapNames.SERVICES),
                                tables.region(MapNames.MAGLEV),
                                tables.region(MapNames.BACKENDS)),
                        tables.region(MapNames.SOURCES))
                .publish(specs);
    }

    /** As if a worker had asked and the kernel had answered. */
    public void learnNeighbour(final int ifindex, final String address, final String mac) {
        final Address gateway = Address.parse(address);
        final InterfaceTable interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        final NextHopKey key = new NextHopKey().set(ifindex, gateway.word0(), gateway.word1());
        nextHops.findOrClaim(key, interfaces.macMemory(interfaces.find(ifindex)), MTU);
        maintenance()
                .neighbourFound(new NextHopKey().set(ifindex, gateway.word0(), gateway.word1()), number(mac), nowNs());
    }

    public PipelineContext context() {
        return new PipelineContext().tables(tables).routes(routes).nextHopRequests(requests::add);
    }

    /** As if a process with another configuration went on with the tables. */
    public Drains reconfigure(final List<ServiceSpec> specs) {
        final List<ServiceSpec> resumed = Drains.resumed(specs, serviceTable.services());
        serviceTable.apply(resumed);
        return drains(resumed);
    }

    /** The control thread's, whose row is the last worker's. */
    public Drains drains(final List<ServiceSpec> specs) {
        final PipelineContext control = workers.get(workers.size() - 1).context();
        return new Drains(
                serviceTable,
                specs,
                new FlowMover(
                        control.flowTable(),
                        control.selector(),
                        control.counters(),
                        tables.sizes().backendCapacity()),
                new BackendStats(
                        tables.region(MapNames.BACKEND_STATS),
                        tables.sizes().counterRowCount(),
                        tables.sizes().backendCapacity()));
    }

    public TestWorker worker(final int index) {
        return workers.get(index);
    }

    public TestWorker.Outcome receive(final int ifindex, final byte[] frame) {
        return workers.get(0).receive(ifindex, frame);
    }

    public SharedTables tables() {
        return tables;
    }

    public ServiceTable serviceTable() {
        return serviceTable;
    }

    public List<ServiceSpec> services() {
        return services;
    }

    public NextHopTable nextHops() {
        return nextHops;
    }

    public NextHopMaintenance maintenance() {
        return new NextHopMaintenance(nextHops);
    }

    /** As the control thread does: all backends and all flows are looked up again. */
    public void routesChanged() {
        final NextHopResolver resolver = new NextHopResolver(
                nextHops, new InterfaceTable(tables.region(MapNames.INTERFACES)), routes, requests::add);
        for (final BackendEntry backend : serviceTable.backends()) {
            final Address address = backend.endpoint().address();
            final int hop = resolver.resolve(address.word0(), address.word1(), backend.nextHopIndex(), nowNs());
            serviceTable.setNextHop(backend.index(), Math.max(hop, NextHopTable.NOT_RESOLVED));
        }
        final FlowRerouter rerouter = new FlowRerouter(tables.region(MapNames.FLOWS), nextHops, resolver);
        rerouter.begin();
        int met = 0;
        for (int count = rerouter.poll(nowNs()); count > 0; count = rerouter.poll(nowNs())) {
            met += count;
        }
        if (met != flowSlotCount) {
            throw new AssertionError("met " + met + " of " + flowSlotCount + " slots");
        }
    }

    /** As if both interfaces had got another MAC: every hop is to be resolved again. */
    public void hopsStale() {
        maintenance().interfaceGone(CLIENTS);
        maintenance().interfaceGone(SERVERS);
    }

    public TestRoutes routes() {
        return routes;
    }

    /** Hops that workers asked for, in order. */
    public List<Integer> requests() {
        return requests;
    }

    public CounterReader counters() {
        return new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes());
    }

    public long count(final Counter counter) {
        return counters().total(counter);
    }

    public int slot(final int ifindex) {
        return workers.get(0).context().interfaceTable().find(ifindex);
    }

    public long nowNs() {
        return clock.getAsLong() + advancedNs;
    }

    public void advance(final long ns) {
        advancedNs += ns;
    }

    private void writeHashKey() {
        final Random random = new Random(hashSeed);
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            tables.region(MapNames.CONFIG)
                    .putLong(ConfigDescriptor.HASH_KEY_OFFSET + (long) i * Long.BYTES, random.nextLong());
        }
        for (int i = 0; i < ConfigDescriptor.COOKIE_KEY_WORDS; i++) {
            tables.region(MapNames.CONFIG)
                    .putLong(ConfigDescriptor.COOKIE_KEY_OFFSET + (long) i * Long.BYTES, random.nextLong());
        }
    }

    public static long number(final String mac) {
        long number = 0;
        for (final byte octet : PacketBuilder.mac(mac)) {
            number = number << 8 | octet & 0xff;
        }
        return number;
    }

    public static long macMemory(final String mac) {
        return MacWord.ofNumber(number(mac));
    }

    public static UnsafeBuffer wrap(final byte[] bytes) {
        return new UnsafeBuffer(bytes);
    }
}
