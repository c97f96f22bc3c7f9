package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.afxdpnative.netlink.NetworkView;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.MapNames;
import java.util.List;

/**
 * The part of a start that can go wrong by a configuration, a kernel or a layout, done beside a running instance: it reads
 * the pinned tables and writes to none, and touches no interface. What it can't try is to open the sockets, which the
 * running process has. Main thread.
 */
final class Rehearsal {
    /** Flows don't take part. */
    private static final int FLOW_SLOT_COUNT = 1024;

    private final InstanceConfig config;
    private final InstanceDirectory directory;

    Rehearsal(final InstanceConfig config, final InstanceDirectory directory) {
        this.config = config;
        this.directory = directory;
    }

    /**
     * Goes through it.
     *
     * @throws RuntimeException with one line for the operator if a start would fail
     */
    void run() {
        final List<ServedInterface> interfaces = ServedInterface.findAll(config);
        final List<WorkerPlan> plans = WorkerPlan.of(config.workers().cpus(), interfaces);
        plans.forEach(WorkerUnit::bindMode);
        resolveBackends(interfaces, adoptableSizes(plans.size()));
    }

    /** Loads the program of this build on the pinned maps, and lets go of it again: the kernel must take it. */
    private TableSizes adoptableSizes(final int workerCount) {
        final BpfFilesystem bpf = BpfFilesystem.at(directory.bpf(config.instance()));
        if (!bpf.isMounted() || !InstanceTables.arePinned(bpf.directory())) {
            throw new InstanceException("instance " + config.instance() + " has no pinned tables to go on with");
        }
        try (InstanceTables adopted =
                InstanceTables.adopt(bpf.directory(), config.engine().isShadowed())) {
            new TableSetup(adopted.tables(), config).check(workerCount);
            return adopted.tables().sizes();
        }
    }

    private void resolveBackends(final List<ServedInterface> interfaces, final TableSizes sizes) {
        final SharedTables tables = SharedTables.allocate(withoutFlows(sizes));
        final TableSetup setup = new TableSetup(tables, config);
        setup.begin();
        final InterfaceTable interfaceTable = setup.interfaces(interfaces);
        try (NetworkView network = NetworkView.open(new NetworkRelay())) {
            final NextHopTable hops = new NextHopTable(tables.region(MapNames.NEXT_HOPS), sizes.nextHopCapacity());
            final NextHopResolver resolver =
                    new NextHopResolver(hops, interfaceTable, new RouteAdapter(network), hop -> {});
            new BackendReachability(setup.services(), hops, resolver, hop -> {}).requireAll();
        }
    }

    private static TableSizes withoutFlows(final TableSizes sizes) {
        return new TableSizes(
                FLOW_SLOT_COUNT,
                sizes.serviceSlotCount(),
                sizes.backendCapacity(),
                sizes.nextHopCapacity(),
                sizes.counterRowCount(),
                sizes.cpuRowCount(),
                sizes.maglevEntryCount());
    }
}
