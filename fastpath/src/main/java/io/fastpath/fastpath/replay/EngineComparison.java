package io.fastpath.fastpath.replay;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.agrona.BitUtil;

/**
 * Compares two engines that played the same: after each frame its verdict, its bytes, all counters and its connection;
 * every so often, and at the end, all tables. One thread.
 */
final class EngineComparison {
    /** Frames between comparisons of whole tables, which take as long as thousands of frames. */
    static final int INTERVAL = 20_000;

    private final ReplayEngine first;
    private final ReplayEngine second;
    private final Steering steering;
    private long sinceWhole;

    EngineComparison(final ReplayEngine first, final ReplayEngine second) {
        this.first = first;
        this.second = second;
        this.steering = first.world().steering();
    }

    /**
     * Compares after a frame.
     *
     * @return the differences, the first engine's value first
     */
    List<String> after(final byte[] frame, final Outcome one, final Outcome other, final long nowNs) {
        final List<String> differences = new ArrayList<>();
        if (one.reason() != other.reason()) {
            differences.add("verdict: " + label(one) + " / " + label(other));
        }
        if (one.egressIfindex() != other.egressIfindex()) {
            differences.add("egress: " + egress(one) + " / " + egress(other));
        }
        if (one.backend() != null && other.backend() != null && !one.backend().equals(other.backend())) {
            differences.add("backend: " + one.backend() + " / " + other.backend());
        }
        if (!Arrays.equals(one.frame(), other.frame())) {
            differences.add("frame out: " + hex(one) + " / " + hex(other));
        }
        differences.addAll(TableDifferences.inCounts(counts(first.world()), counts(second.world())));
        steering.classify(frame, nowNs);
        final long handle = steering.flow();
        if (FlowHandle.isFlow(handle)) {
            differences.addAll(
                    TableDifferences.inFlow(tables(first, nowNs), tables(second, nowNs), FlowHandle.slotIndex(handle)));
        }
        if (differences.isEmpty() && ++sinceWhole == INTERVAL) {
            differences.addAll(whole(nowNs));
        }
        return differences;
    }

    /** Compares all tables; points in time too, since both engines have the same clock. */
    List<String> whole(final long nowNs) {
        sinceWhole = 0;
        final List<String> differences =
                new ArrayList<>(TableDifferences.inRecords(tables(first, nowNs), tables(second, nowNs), 0, false));
        differences.addAll(TableDifferences.inDatagrams(tables(first, nowNs), tables(second, nowNs)));
        return differences;
    }

    private static EngineTables tables(final ReplayEngine engine, final long nowNs) {
        return new EngineTables(engine.world().tables(), nowNs);
    }

    /** All but how the XDP program placed the frames, which has no twin where it isn't run. */
    private static Map<Counter, Long> counts(final ReplayWorld world) {
        final Map<Counter, Long> counts = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            final boolean isPlacement =
                    counter.code() >= Counter.XDP_KERNEL_PLACED.code() && counter.code() < Counter.RX_PACKETS.code()
                            || counter.code() >= Counter.XDP_STEERED_SERVICE.code()
                                    && counter.code() <= Counter.XDP_STEERED_ICMP.code();
            if (!isPlacement) {
                counts.put(counter, world.count(counter));
            }
        }
        return counts;
    }

    private static String label(final Outcome outcome) {
        return outcome.reason() == null ? "none" : outcome.reason().label();
    }

    private String egress(final Outcome outcome) {
        return first.world().ifindexes().entrySet().stream()
                .filter(entry -> entry.getValue() == outcome.egressIfindex())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("none");
    }

    private static String hex(final Outcome outcome) {
        return outcome.frame() == null ? "none" : BitUtil.toHex(outcome.frame());
    }
}
