package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.AffinityDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.FragmentDescriptor;
import io.fastpath.kernelbpf.layout.LimitDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.layout.RateDescriptor;
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

    /** Makes all connections idle for so much longer, datagrams in fragments older, and lets all buckets of limits fill up for so long. */
    static void age(final SharedTables tables, final Duration time) {
        final SharedMemory flows = tables.region(MapNames.FLOWS);
        final int ticks = FlowDescriptor.ticks(time.toNanos());
        for (long slot = 0; slot < flows.length(); slot += FlowDescriptor.LENGTH) {
            if (isUsed(flows, slot)) {
                final long lastSeen = slot + FlowDescriptor.LAST_SEEN_TICKS_OFFSET;
                flows.putInt(lastSeen, flows.getInt(lastSeen) - ticks);
            }
        }
        final SharedMemory datagrams = tables.region(MapNames.FRAGMENTS);
        for (long slot = 0; slot < datagrams.length(); slot += FragmentDescriptor.LENGTH) {
            final long born = slot + FragmentDescriptor.BORN_TICKS_OFFSET;
            datagrams.putInt(born, datagrams.getInt(born) - ticks);
        }
        final SharedMemory affinities = tables.region(MapNames.AFFINITIES);
        for (long line = 0; line < affinities.length(); line += AffinityDescriptor.LENGTH) {
            for (int i = 0; i < AffinityDescriptor.WAYS; i++) {
                final long until = line + AffinityDescriptor.UNTIL_TICKS_OFFSET + (long) i * Integer.BYTES;
                affinities.putInt(until, affinities.getInt(until) - FlowDescriptor.ticks(time.toNanos()));
            }
        }
        final SharedMemory rates = tables.region(MapNames.RATES);
        for (long rate = 0; rate < rates.length(); rate += RateDescriptor.LENGTH) {
            age(rates, rate + RateDescriptor.FULL_NS_OFFSET, time);
            age(rates, rate + RateDescriptor.SYN_FULL_NS_OFFSET, time);
        }
        final SharedMemory limits = tables.region(MapNames.LIMITS);
        for (long line = LimitDescriptor.FULL_NS_OFFSET; line < limits.length(); line += LimitDescriptor.LENGTH) {
            for (long word = line; word < line + LimitDescriptor.WAYS * Long.BYTES; word += Long.BYTES) {
                age(limits, word, time);
            }
        }
    }

    private static void age(final SharedMemory memory, final long word, final Duration time) {
        memory.putLong(word, Math.max(0, memory.getLong(word) - time.toNanos()));
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
