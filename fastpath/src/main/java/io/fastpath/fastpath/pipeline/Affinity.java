package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.AffinityDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * The backend that a client has, where its service wants clients to keep theirs for some time. It allocates nothing and takes
 * no lock; one thread per object, several on the same memory. C twin: {@code fp_affinity_find.h}.
 */
final class Affinity {
    /** Of 2^20 ns, rounded up. */
    private static final int TICKS_PER_SECOND = 954;

    private static final int MAPPED_BITS = 96;
    private static final int KEPT = Counter.AFFINITY_KEPT.code();
    private static final int FULL = Counter.AFFINITY_FULL.code();

    private final SharedMemory services;
    private final SharedMemory backends;
    private final SharedMemory lines;
    private final TupleHash hash;
    private final CounterRow counters;

    Affinity(
            final SharedMemory config,
            final SharedMemory services,
            final SharedMemory backends,
            final SharedMemory lines,
            final CounterRow counters) {
        this.services = services;
        this.backends = backends;
        this.lines = lines;
        this.counters = counters;
        hash = TupleHash.of(config, ConfigDescriptor.HASH_KEY_OFFSET);
    }

    /** The backend that a client has, if that one takes connections, or {@link Selector#NONE}. */
    int find(final int serviceIndex, final long source0, final long source1, final int nowTicks) {
        if (seconds(serviceIndex) == 0) {
            return Selector.NONE;
        }
        final long tag = tag(serviceIndex, source0, source1);
        final long line = line(tag);
        final int place = place(line, tag);
        if (place == AffinityDescriptor.WAYS || isOver(line, place, nowTicks)) {
            return Selector.NONE;
        }
        final int backendIndex = lines.getShort(backend(line, place)) & 0xffff;
        if (!takes(backendIndex, serviceIndex)) {
            return Selector.NONE;
        }
        counters.increment(KEPT);
        return backendIndex;
    }

    /** Has a client keep the backend that it got, from now on for its service's time. */
    void keep(
            final int serviceIndex,
            final long source0,
            final long source1,
            final int backendIndex,
            final int nowTicks) {
        final int seconds = seconds(serviceIndex);
        if (seconds == 0) {
            return;
        }
        final long tag = tag(serviceIndex, source0, source1);
        final long line = line(tag);
        final int found = place(line, tag);
        final int place = found == AffinityDescriptor.WAYS ? claim(line, tag, nowTicks) : found;
        if (place == AffinityDescriptor.WAYS) {
            counters.increment(FULL);
            return;
        }
        lines.putShort(backend(line, place), (short) backendIndex);
        lines.putInt(until(line, place), nowTicks + seconds * TICKS_PER_SECOND);
    }

    private int seconds(final int serviceIndex) {
        return services.getShort(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.AFFINITY_SECONDS_OFFSET)
                & 0xffff;
    }

    /** What a client is told from others by, not 0: the bits of its prefix. */
    private long tag(final int serviceIndex, final long source0, final long source1) {
        final int flags = services.getInt(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.FLAGS_OFFSET);
        final int own = ((flags >>> ServiceDescriptor.AFFINITY_SHIFT & ServiceDescriptor.AFFINITY_MASK) + 1) * 2;
        final int bits = AddressDescriptor.isIpv4(source0, source1) ? own + MAPPED_BITS : own;
        final long high = source0 & Long.reverseBytes(-1L << Long.SIZE - Math.min(bits, Long.SIZE));
        final long low = bits > Long.SIZE ? source1 & Long.reverseBytes(-1L << 2 * Long.SIZE - bits) : 0;
        final long hashed = hash.tag(high, low, serviceIndex);
        return hashed == 0 ? 1 : hashed;
    }

    private static long line(final long tag) {
        return AffinityDescriptor.lineOffset(TupleHash.slot((int) (tag >>> Integer.SIZE), AffinityDescriptor.LINES));
    }

    private int place(final long line, final long tag) {
        for (int i = 0; i < AffinityDescriptor.WAYS; i++) {
            if (lines.getLongAcquire(line + AffinityDescriptor.TAG_OFFSET + (long) i * Long.BYTES) == tag) {
                return i;
            }
        }
        return AffinityDescriptor.WAYS;
    }

    private int claim(final long line, final long tag, final int nowTicks) {
        for (int i = 0; i < AffinityDescriptor.WAYS; i++) {
            final long word = line + AffinityDescriptor.TAG_OFFSET + (long) i * Long.BYTES;
            final long before = lines.getLongAcquire(word);
            if ((before == 0 || isOver(line, i, nowTicks)) && lines.compareAndSetLong(word, before, tag)) {
                return i;
            }
        }
        return AffinityDescriptor.WAYS;
    }

    private boolean isOver(final long line, final int place, final int nowTicks) {
        return lines.getIntAcquire(until(line, place)) - nowTicks < 0;
    }

    private boolean takes(final int backendIndex, final int serviceIndex) {
        final long record = BackendDescriptor.recordOffset(backendIndex);
        return record + BackendDescriptor.LENGTH <= backends.length()
                && backends.getIntAcquire(record + BackendDescriptor.STATE_OFFSET) == BackendDescriptor.STATE_UP
                && (backends.getShort(record + BackendDescriptor.SERVICE_INDEX_OFFSET) & 0xffff) == serviceIndex
                && backends.getShort(record + BackendDescriptor.WEIGHT_OFFSET) != 0
                && (backends.getShort(record + BackendDescriptor.WITHHELD_OFFSET) & 0xffff)
                        < BackendDescriptor.WITHHELD_ALL;
    }

    private static long backend(final long line, final int place) {
        return line + AffinityDescriptor.BACKEND_INDEX_OFFSET + (long) place * Short.BYTES;
    }

    private static long until(final long line, final int place) {
        return line + AffinityDescriptor.UNTIL_TICKS_OFFSET + (long) place * Integer.BYTES;
    }
}
