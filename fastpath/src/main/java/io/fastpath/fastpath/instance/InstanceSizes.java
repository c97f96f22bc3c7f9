package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.lb.Address;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.agrona.BitUtil;

/** How large an instance's tables are, worked out from its configuration, with room to change it while it runs. */
public final class InstanceSizes {
    /** Services that can be added to a running instance. */
    private static final int SPARE_SERVICES = 16;

    /** Fewest backend records: a few kilobytes, and a changed backend list needs places for old and new ones. */
    private static final int BACKENDS_MIN = 256;

    /** One per gateway or on-link neighbour, and tag; 4,096 neighbours are more than a kernel keeps by default (1,024). */
    private static final int NEXT_HOPS_MIN = 4096;

    /** Records per backend, all of which may be on-link: bounded probing wants a table that is half empty at least. */
    private static final int NEXT_HOPS_PER_BACKEND = 4;

    /** The control thread counts the flows that it moves. */
    private static final int CONTROL_ROWS = 1;

    private static final int NEXT_HOPS_MAX = 1 << 15;

    private InstanceSizes() {}

    /**
     * Sizes of the tables.
     *
     * @param config of the instance
     * @param workerCount how many workers will write counters; another process may go on with as many as there are CPUs
     * @return the sizes
     */
    public static TableSizes of(final InstanceConfig config, final int workerCount) {
        final int cpuRows = CpuAffinity.possible().length();
        final int serviceCount = config.services().size() + SPARE_SERVICES;
        final TableSizes sizes = new TableSizes(
                config.flows().slotCount(),
                ServiceTable.recommendedSlotCount(serviceCount),
                Math.min(TableSizes.INDEX_LIMIT, Math.max(BACKENDS_MIN, 2 * config.backendCount())),
                nextHopCount(config.backendCount()),
                cpuRows + Math.max(workerCount, CpuAffinity.online().cardinality()) + CONTROL_ROWS,
                cpuRows,
                maglevEntryCount(config.services().stream()
                        .mapToInt(ServiceSpec::maglevSize)
                        .toArray()));
        return needsTcpSlots(config) ? sizes.withTcpSlots() : sizes;
    }

    /** Whether a service asks for records beside the flow table. */
    static boolean needsTcpSlots(final InstanceConfig config) {
        return config.services().stream()
                .anyMatch(service -> service.tracking().isChecked()
                        || config.limits(service.name()).hasSynCookies());
    }

    /** What the services' tables take, each by its own size, and so much more for spare ones as large as the largest. */
    static int maglevEntryCount(final int... sizes) {
        final long own = Arrays.stream(sizes)
                .mapToLong(size -> ServiceTable.recommendedMaglevEntryCount(1, size))
                .sum();
        final int largest = Arrays.stream(sizes).max().orElse(MaglevSize.DEFAULT);
        final long spare = ServiceTable.recommendedMaglevEntryCount(SPARE_SERVICES, largest);
        return (int) Math.min(TableSizes.MAGLEV_ENTRY_LIMIT, own + spare);
    }

    /** A power of two. */
    static int nextHopCount(final int backendCount) {
        final int wanted = Math.min(NEXT_HOPS_MAX, Math.max(NEXT_HOPS_MIN, NEXT_HOPS_PER_BACKEND * backendCount));
        return BitUtil.findNextPositivePowerOfTwo(wanted);
    }

    /**
     * Source addresses of full NAT, those of a family together, as the flow table wants them.
     *
     * @param config of the instance
     * @return the range
     */
    public static SnatRange sources(final InstanceConfig config) {
        final List<Address> sorted = config.snat().addresses().stream()
                .sorted(Comparator.comparing(Address::isIpv4))
                .toList();
        return SnatRange.of(
                sorted, config.snat().ports().lowest(), config.snat().ports().highest());
    }
}
