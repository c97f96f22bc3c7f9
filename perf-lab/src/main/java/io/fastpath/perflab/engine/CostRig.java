package io.fastpath.perflab.engine;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.conntrack.FlowTableSizing;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The XDP program as an instance loads it, with all work placed in the kernel, over tables of its own: one service of one
 * backend. Clients are behind the loopback device, which is the only one that a test run can come in by without any set-up;
 * the backend is behind an interface that need not exist, as a test run sends nothing. Owned by one thread.
 */
final class CostRig implements AutoCloseable {
    static final long NODE_MAC = 0x02_fc_00_00_00_03L;
    static final long CLIENT_MAC = 0x02_aa_00_00_00_10L;

    private static final long BACKEND_MAC = 0x02_bb_00_00_00_11L;
    private static final int CLIENTS_IFINDEX = 1;
    private static final int BACKENDS_IFINDEX = 2;
    private static final int MTU = 1500;
    private static final int BACKEND_CAPACITY = 256;
    private static final int HOP_CAPACITY = 4096;
    private static final int SERVICE_COUNT = 16;

    private final Unwinder resources = new Unwinder();
    private final BpfProgram program;
    private final SharedTables tables;

    /**
     * Loads the program and enters the service.
     *
     * @param traffic the service's side of it.
     * @param connectionCapacity of the flow table.
     */
    CostRig(final CostTraffic traffic, final int connectionCapacity) {
        final int cpuRows = CpuAffinity.possible().length();
        final TableSizes sizes = new TableSizes(
                FlowTableSizing.slotCount(connectionCapacity),
                ServiceTable.recommendedSlotCount(SERVICE_COUNT),
                BACKEND_CAPACITY,
                HOP_CAPACITY,
                cpuRows + 1,
                cpuRows,
                ServiceTable.recommendedMaglevEntryCount(SERVICE_COUNT, MaglevSize.DEFAULT));
        final BpfObject object = BpfObject.open(KernelObjects.xdpSteer(), KernelObjects.XDP_STEER_PROGRAM);
        resources.add(object::close);
        MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
        object.load();
        program = object.program(KernelObjects.XDP_STEER_PROGRAM);
        tables = new SharedTables(sizes, map(object));
        configure(traffic);
        serve(traffic);
    }

    /** {@return the loaded program} */
    BpfProgram program() {
        return program;
    }

    /** {@return the flow table} */
    SharedMemory flows() {
        return tables.region(MapNames.FLOWS);
    }

    /** {@return slots of the flow table} */
    int slotCount() {
        return tables.sizes().flowSlotCount();
    }

    /** {@return what was counted so far} */
    long count(final Counter counter) {
        return new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes()).total(counter);
    }

    @Override
    public void close() {
        resources.close();
    }

    private Map<String, SharedMemory> map(final BpfObject object) {
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            resources.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        return regions;
    }

    private void configure(final CostTraffic traffic) {
        new ConfigRecord(tables.region(MapNames.CONFIG))
                .write(tables.sizes(), SnatRange.of(traffic.sources(), CostTraffic.PORT_MIN, CostTraffic.PORT_MAX));
        final ControlRecord control = new ControlRecord(tables.region(MapNames.CONTROL));
        control.timeouts(FlowTimeouts.defaults());
        control.engine(ControlDescriptor.ENGINE_KERNEL);
        final InterfaceTable interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        interfaces.put(CLIENTS_IFINDEX, 1, 0, NODE_MAC, MTU);
        interfaces.put(BACKENDS_IFINDEX, 1, 0, NODE_MAC + 1, MTU);
    }

    private void serve(final CostTraffic traffic) {
        final ServiceTable services = ServiceTable.attach(LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS)));
        services.apply(List.of(new ServiceSpec(
                "lab",
                traffic.vip(),
                CostTraffic.PORT,
                traffic.protocol(),
                traffic.forwarding(),
                List.of(new BackendSpec(traffic.backend(), CostTraffic.PORT, 1)))));
        final NextHopTable hops = new NextHopTable(tables.region(MapNames.NEXT_HOPS), HOP_CAPACITY);
        final NextHopKey key = new NextHopKey()
                .set(
                        BACKENDS_IFINDEX,
                        traffic.backend().word0(),
                        traffic.backend().word1());
        final InterfaceTable interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        final int hop = hops.findOrClaim(key, interfaces.macMemory(interfaces.find(BACKENDS_IFINDEX)), MTU);
        new NextHopMaintenance(hops).neighbourFound(key, BACKEND_MAC, System.nanoTime());
        for (final BackendEntry backend : services.backends()) {
            services.setNextHop(backend.index(), hop);
        }
    }
}
