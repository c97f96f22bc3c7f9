package io.fastpath.fastpath.control;

import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.BackendStats;
import io.fastpath.lb.service.BackendStats.Totals;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.TableReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Turns the shared tables into the answers of {@code services} and {@code backends}. Any thread; writes nothing. */
final class ServiceTables {
    private static final Totals NOTHING = new Totals(0, 0, 0, 0, 0, 0);
    private static final double PERCENT = 100.0;

    private final LbMemory memory;
    private final BackendStats stats;
    private final SharedMemory nextHops;
    private final ServiceNames names;

    /**
     * @param tables of the instance.
     * @param specs the services in force, for their names.
     */
    ServiceTables(final SharedTables tables, final List<ServiceSpec> specs) {
        memory = lbMemory(tables);
        stats = new BackendStats(
                tables.region(MapNames.BACKEND_STATS),
                tables.sizes().counterRowCount(),
                tables.sizes().backendCapacity());
        nextHops = tables.region(MapNames.NEXT_HOPS);
        names = new ServiceNames(memory, specs);
    }

    /**
     * {@return the load balancer's view of the tables}
     *
     * @param tables of the instance.
     */
    static LbMemory lbMemory(final SharedTables tables) {
        return LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS));
    }

    /** {@return the services in force, by slot} */
    List<ServiceReport> services() {
        final Map<Integer, List<BackendEntry>> backends =
                TableReader.backends(memory).stream().collect(Collectors.groupingBy(BackendEntry::serviceIndex));
        return TableReader.services(memory).stream()
                .map(service -> service(service, backends.getOrDefault(service.index(), List.of())))
                .toList();
    }

    /** {@return the backends, retired ones included, by index} */
    List<BackendReport> backends() {
        final Map<Integer, ServiceEntry> services = new HashMap<>();
        final int[] slotCounts = new int[memory.backendCapacity()];
        for (final ServiceEntry service : TableReader.services(memory)) {
            services.put(service.index(), service);
            countSlots(service, slotCounts);
        }
        final List<BackendReport> reports = new ArrayList<>();
        for (final BackendEntry backend : TableReader.backends(memory)) {
            reports.add(backend(backend, services.get(backend.serviceIndex()), slotCounts[backend.index()]));
        }
        return reports;
    }

    /** Retired backends count too: their packets were the service's. */
    private ServiceReport service(final ServiceEntry service, final List<BackendEntry> own) {
        final Totals totals =
                own.stream().map(backend -> stats.totals(backend.index())).reduce(NOTHING, ServiceTables::plus);
        return new ServiceReport(
                names.of(service.index()),
                service.key().protocol().label(),
                service.key().virtual().toString(),
                service.key().port(),
                service.key().ports().toString(),
                service.forwarding().label(),
                service.hash().label(),
                service.maglevSize(),
                service.backends().size(),
                totals.flowsLive(),
                totals.flowsOpened(),
                totals.packetsTo(),
                totals.bytesTo(),
                totals.packetsFrom(),
                totals.bytesFrom());
    }

    private static Totals plus(final Totals one, final Totals other) {
        return one.minus(NOTHING.minus(other));
    }

    private BackendReport backend(final BackendEntry backend, final ServiceEntry service, final int slotCount) {
        final Totals totals = stats.totals(backend.index());
        return new BackendReport(
                names.of(backend.serviceIndex()),
                service == null ? "" : service.key().toString(),
                backend.endpoint().address().toString(),
                backend.endpoint().port(),
                backend.weight(),
                service == null ? 0 : PERCENT * slotCount / service.maglevSize(),
                state(backend),
                nextHopState(backend.nextHopIndex()),
                totals.flowsLive(),
                totals.flowsOpened(),
                totals.packetsTo(),
                totals.bytesTo(),
                totals.packetsFrom(),
                totals.bytesFrom(),
                stats.portsExhausted(backend.index()));
    }

    private static String state(final BackendEntry backend) {
        if (backend.retired()) {
            return "retired";
        }
        return backend.isDrained() ? "draining" : backend.withheld() > 0 ? "starting" : "up";
    }

    /** A backend is of one service, so one array of counts does for all. */
    private void countSlots(final ServiceEntry service, final int[] counts) {
        final int first = service.maglevActive() == 0 ? service.maglevCopyA() : service.maglevCopyB();
        for (int i = 0; i < service.maglevSize(); i++) {
            final long offset = (long) (first + i) * ServiceDescriptor.MAGLEV_ENTRY_LENGTH;
            final int backend = memory.maglev().getShort(offset) & 0xffff;
            if (backend < counts.length) {
                counts[backend]++;
            }
        }
    }

    private String nextHopState(final int index) {
        final long offset = NextHopDescriptor.recordOffset(index);
        if (index == 0 || offset + NextHopDescriptor.LENGTH > nextHops.length()) {
            return "unresolved";
        }
        return switch (nextHops.getIntAcquire(offset + NextHopDescriptor.STATE_OFFSET)) {
            case NextHopDescriptor.STATE_FREE -> "free";
            case NextHopDescriptor.STATE_CLAIMED, NextHopDescriptor.STATE_INCOMPLETE -> "incomplete";
            case NextHopDescriptor.STATE_PROVISIONAL -> "provisional";
            case NextHopDescriptor.STATE_VALID -> "valid";
            default -> "stale";
        };
    }
}
