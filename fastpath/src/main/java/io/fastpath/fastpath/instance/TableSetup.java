package io.fastpath.fastpath.instance;

import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.config.EngineConfig;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.drain.FlowMover;
import io.fastpath.fastpath.pipeline.FlowCounters;
import io.fastpath.fastpath.pipeline.OpenFlows;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.fastpath.tables.VlanTable;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.service.BackendStats;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import io.fastpath.lb.service.SourcePublisher;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the tables to what the configuration says: new ones whole, adopted ones where they differ. Their flows, their
 * secret and their counters stay. Control thread.
 */
final class TableSetup {
    private static final Logger LOGGER = LoggerFactory.getLogger(TableSetup.class);

    private final SharedTables tables;
    private final InstanceConfig config;
    private List<ServiceSpec> resumed = List.of();

    TableSetup(final SharedTables tables, final InstanceConfig config) {
        this.tables = tables;
        this.config = config;
    }

    /** Writes the records of new tables. The kernel engine works first: no worker is there yet. */
    void begin() {
        record().write(tables.sizes(), InstanceSizes.sources(config));
        record().writeTunnels(config.tunnels());
        control().engine(ControlDescriptor.ENGINE_KERNEL);
        writeLimits();
    }

    /**
     * Goes on with adopted tables.
     *
     * @param workerCount workers to come
     * @throws InstanceException if the configuration asks for what the tables can't give; they are as they were
     */
    void goOn(final int workerCount) {
        check(workerCount);
        if (config.flows().slotCount() != tables.sizes().flowSlotCount()) {
            LOGGER.warn("flows.capacity: the table keeps the size that the earlier process gave it, until a detach");
        }
        record().writeSources(InstanceSizes.sources(config));
        record().writeTunnels(config.tunnels());
        writeLimits();
    }

    /**
     * Whether adopted tables could be gone on with; writes nothing.
     *
     * @param workerCount workers to come
     * @throws InstanceException if the configuration asks for what the tables can't give
     */
    void check(final int workerCount) {
        final int room = tables.sizes().workerRowCount() - 1; // the control thread's
        if (workerCount > room) {
            throw new InstanceException("the tables of the earlier process have room for "
                    + room + " workers, not for " + workerCount + ": use fewer, or `fastpath"
                    + " detach`, which ends its connections");
        }
        if (InstanceSizes.needsTcpSlots(config) && !tables.sizes().hasTcpSlots()) {
            throw new InstanceException(
                    "synCookies, tcpCheck: the tables of the earlier process have no room for sequence numbers: leave them"
                            + " out, or `fastpath detach`, which ends its connections");
        }
        if (!keepsIndexes(record().sources(), InstanceSizes.sources(config))) {
            throw new InstanceException("snat.addresses: live connections use addresses that are missing here, or would"
                    + " change their order: keep those of the earlier process and put new ones of a family at its end, or"
                    + " `fastpath detach`, which ends its connections");
        }
    }

    private static boolean keepsIndexes(final SnatRange before, final SnatRange now) {
        for (int i = 0; i < before.count(); i++) {
            if (i >= now.count() || before.word0(i) != now.word0(i) || before.word1(i) != now.word1(i)) {
                return false;
            }
        }
        return true;
    }

    /** Brings the prefilter's tries to the configured list; where the configuration is silent, what was left stays. */
    void prefilter(final Prefilter prefilter) {
        if (config.prefilter().isGiven()) {
            prefilter.replace(config.prefilter().list());
            while (prefilter.step()) {
                Thread.onSpinWait();
            }
        } else if (prefilter.count(true) + prefilter.count(false) > 0) {
            LOGGER.info(
                    "prefilter: the {} prefixes of the earlier process stay, as the configuration says nothing of them",
                    prefilter.count(true) + prefilter.count(false));
        }
    }

    private void writeLimits() {
        final EngineConfig engine = config.engine();
        control().limits(engine.stallLimitNs(), engine.spillLimit());
        control().timeouts(config.flows().timeouts());
        control().errorRate(config.icmp().errorsPerSecond());
        control().synTries(config.flows().synTries());
    }

    private ConfigRecord record() {
        return new ConfigRecord(tables.region(MapNames.CONFIG));
    }

    private ControlRecord control() {
        return new ControlRecord(tables.region(MapNames.CONTROL));
    }

    /** Enters the interfaces that are served, and no others. */
    InterfaceTable interfaces(final List<ServedInterface> interfaces) {
        final InterfaceTable table = new InterfaceTable(tables.region(MapNames.INTERFACES));
        for (int slot = 0; slot < InterfaceDescriptor.SLOTS; slot++) {
            final int ifindex = table.ifindex(slot);
            if (ifindex != 0 && interfaces.stream().noneMatch(served -> served.ifindex() == ifindex)) {
                table.remove(ifindex);
            }
        }
        final VlanTable vlans = new VlanTable(tables.region(MapNames.VLANS));
        for (final ServedInterface served : interfaces) {
            final int flags = flags(served);
            final int slot = put(table, served, flags & ~InterfaceDescriptor.FLAG_KEEP_VLANS);
            vlans.put(slot, served.config().vlan().ids());
            put(table, served, flags);
        }
        return table;
    }

    private static int put(final InterfaceTable table, final ServedInterface served, final int flags) {
        return table.put(
                served.ifindex(),
                Math.min(served.facts().queues().rxTotal(), InterfaceDescriptor.QUEUES_PER_INTERFACE),
                flags,
                served.facts().mac(),
                served.facts().mtu());
    }

    private static int flags(final ServedInterface served) {
        final int configured = served.config().flags();
        return served.facts().driver().name().equals("veth")
                ? configured | InterfaceDescriptor.FLAG_REDIRECT_BACK
                : configured;
    }

    /**
     * Applies the services: what is there already keeps its index, so live flows keep their backends. Those that are
     * retired and have no flow any more make room first.
     */
    ServiceTable services() {
        final ServiceTable services = ServiceTable.attach(memory());
        RetiredBackends.release(
                services, tables.region(MapNames.FLOWS), tables.sizes().flowSlotCount());
        resumed = Drains.resumed(config.services(), services.services());
        services.apply(resumed);
        new SourcePublisher(memory(), tables.region(MapNames.SOURCES)).publish(resumed);
        new ServiceLimits(config).write(services, tables);
        return services;
    }

    /**
     * What watches over the services' backends from now on.
     *
     * @param services as {@link #services} gave
     * @return for the control thread, and the control server's
     */
    Drains drains(final ServiceTable services) {
        final TableSizes sizes = tables.sizes();
        final CounterRow counters = new CounterRow(tables.region(MapNames.COUNTERS), sizes.controlRow());
        final FlowTable flows = new FlowTable(
                tables.region(MapNames.FLOWS),
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.BACKENDS),
                config.flows().timeouts(),
                new FlowCounters(
                        counters,
                        tables.region(MapNames.BACKEND_STATS),
                        sizes.controlRow(),
                        sizes.backendCapacity(),
                        new OpenFlows(tables)));
        return new Drains(
                services,
                resumed,
                new FlowMover(flows, new Selector(memory()), counters, sizes.backendCapacity()),
                new BackendStats(
                        tables.region(MapNames.BACKEND_STATS), sizes.counterRowCount(), sizes.backendCapacity()));
    }

    private LbMemory memory() {
        return LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS));
    }
}
