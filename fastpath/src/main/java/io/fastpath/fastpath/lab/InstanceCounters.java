package io.fastpath.fastpath.lab;

import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.CountersReport;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.control.PinnedTables;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Picks what a person wants to see out of an instance's counters. */
public final class InstanceCounters {
    private static final Counter[] CAUSES = {
        Counter.XDP_KERNEL_PLACED, Counter.XDP_KERNEL_NO_SOCKET, Counter.XDP_KERNEL_STALE, Counter.XDP_KERNEL_FULL
    };

    private InstanceCounters() {}

    /**
     * An instance's counters now, whether its process lives or not.
     *
     * @param instance its name
     * @return the counters
     * @throws LabException when it has no tables
     */
    public static CountersReport of(final String instance) {
        try (PinnedTables pinned = PinnedTables.open(InstanceDirectory.standard(), instance)) {
            return CountersReport.of(pinned.tables());
        } catch (final ControlException e) {
            throw new LabException("the balancer's tables: " + e.getMessage(), e);
        }
    }

    /**
     * Packets sent on, by engine.
     *
     * @param counters of the instance
     * @return {@code userspace} and {@code kernel}
     */
    public static Map<String, Long> packetsByEngine(final CountersReport counters) {
        final Map<String, Long> packets = new LinkedHashMap<>();
        packets.put("userspace", forwarded(counters.userspace()));
        packets.put("kernel", forwarded(counters.kernel()));
        return packets;
    }

    /**
     * Why the kernel engine took packets.
     *
     * @param counters of the instance
     * @return packets by the label of the cause
     */
    public static Map<String, Long> causes(final CountersReport counters) {
        final Map<String, Long> causes = new LinkedHashMap<>();
        for (final Counter cause : CAUSES) {
            causes.put(cause.label(), counters.kernel().get(cause.label()));
        }
        return causes;
    }

    /**
     * Packets dropped, by reason.
     *
     * @param counters of the instance
     * @return only reasons with packets
     */
    public static Map<String, Long> drops(final CountersReport counters) {
        final Map<String, Long> drops = new LinkedHashMap<>();
        for (final Counter counter : Counter.values()) {
            final long count = counters.counters().get(counter.label());
            if (counter.isDrop() && count > 0) {
                drops.put(counter.label(), count);
            }
        }
        return drops;
    }

    private static long forwarded(final Map<String, Long> engine) {
        return engine.get(Counter.FORWARDED_REQUEST.label()) + engine.get(Counter.FORWARDED_REPLY.label());
    }
}
