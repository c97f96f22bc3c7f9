package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.time.Duration;

/** What tests do to whole tables while nobody else works on them. */
final class TableImage {
    private TableImage() {}

    /** Makes them as they are when the kernel hands them out. */
    static void clear(final SharedTables tables) {
        for (final String name : MapNames.MAPPABLE) {
            final SharedMemory region = tables.region(name);
            region.clear(0, region.length());
        }
    }

    /** Makes all connections idle for so much longer. */
    static void age(final SharedTables tables, final Duration time) {
        final SharedMemory flows = tables.region(MapNames.FLOWS);
        final int ticks = FlowDescriptor.ticks(time.toNanos());
        for (long slot = 0; slot < flows.length(); slot += FlowDescriptor.LENGTH) {
            if (isUsed(flows, slot)) {
                final long lastSeen = slot + FlowDescriptor.LAST_SEEN_TICKS_OFFSET;
                flows.putInt(lastSeen, flows.getInt(lastSeen) - ticks);
            }
        }
    }

    /**
     * Gives one balancer's points in time to the other: two engines read the clock one after the other, and what they saw
     * must not add up to a difference. Once their tables were compared, and only then.
     */
    static void copyTimes(final SharedTables from, final SharedTables to) {
        copyWord(from.region(MapNames.FLOWS), to.region(MapNames.FLOWS));
        final SharedMemory source = from.region(MapNames.NEXT_HOPS);
        final SharedMemory target = to.region(MapNames.NEXT_HOPS);
        for (long hop = NextHopDescriptor.PROVED_NS_OFFSET; hop < source.length(); hop += NextHopDescriptor.LENGTH) {
            target.putLong(hop, source.getLong(hop));
        }
    }

    static boolean isUsed(final SharedMemory flows, final long slotOffset) {
        final int control = flows.getInt(slotOffset + FlowDescriptor.CONTROL_OFFSET);
        return (control & FlowDescriptor.STATE_MASK) != FlowState.FREE;
    }

    private static void copyWord(final SharedMemory source, final SharedMemory target) {
        for (long at = FlowDescriptor.LAST_SEEN_TICKS_OFFSET; at < source.length(); at += FlowDescriptor.LENGTH) {
            target.putInt(at, source.getInt(at));
        }
    }
}
