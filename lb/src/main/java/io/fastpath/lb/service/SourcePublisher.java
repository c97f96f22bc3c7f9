package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.layout.SourceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.service.SourceSpec.Range;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings lists of sources into force. One that is in force is never written: another is, where no list is, and then the
 * service names it. Control thread only.
 */
public final class SourcePublisher {
    private final LbMemory memory;
    private final SharedMemory sources;

    /**
     * A publisher.
     *
     * @param memory with the services
     * @param sources {@link SourceDescriptor} entries
     */
    public SourcePublisher(final LbMemory memory, final SharedMemory sources) {
        this.memory = memory;
        this.sources = sources;
    }

    /**
     * Puts the lists of services in force that are in the table. A service that is new has none until then.
     *
     * @param specs all services
     * @throws IllegalArgumentException if there is no room for a list; those before it are in force
     */
    public void publish(final List<ServiceSpec> specs) {
        final Map<ServiceKey, Integer> indices = new HashMap<>();
        final BitSet used = new BitSet();
        used.set(0);
        for (final ServiceEntry entry : TableReader.services(memory)) {
            indices.put(entry.key(), entry.index());
            final int list = list(entry.index());
            if (list != 0) {
                used.set(list, list + 1 + target(list));
            }
        }
        final Map<String, Integer> byName = new HashMap<>();
        specs.forEach(spec -> byName.put(spec.name(), indices.get(spec.key())));
        for (final ServiceSpec spec : specs) {
            put(spec, indices.get(spec.key()), byName, used);
        }
    }

    private void put(
            final ServiceSpec spec, final int serviceIndex, final Map<String, Integer> byName, final BitSet used) {
        if (spec.selection().sources().isTrivial()) {
            storeList(serviceIndex, 0);
            return;
        }
        final List<Range> ranges = spec.selection().sources().ranges();
        final int present = list(serviceIndex);
        final int defaultTarget = spec.selection().sources().isOpen() ? SourceDescriptor.OWN : SourceDescriptor.DENIED;
        final int[] targets = ranges.stream()
                .mapToInt(range -> target(range, defaultTarget, byName))
                .toArray();
        if (present != 0 && isAs(present, ranges, targets)) {
            return;
        }
        final int index = gap(used, 1 + targets.length);
        if (index + 1 + targets.length > SourceDescriptor.ENTRIES) {
            throw new IllegalArgumentException("service " + spec.name() + ": no room for " + targets.length
                    + " source ranges; all services have " + SourceDescriptor.ENTRIES + ", old and new ones");
        }
        used.set(index, index + 1 + targets.length);
        for (int i = 0; i < targets.length; i++) {
            store(index + 1 + i, ranges.get(i).first(), targets[i]);
        }
        store(index, BigInteger.ZERO, targets.length);
        storeList(serviceIndex, index);
    }

    private static int target(final Range range, final int defaultTarget, final Map<String, Integer> byName) {
        if (range.rule() == null) {
            return defaultTarget;
        }
        final String service = range.rule().service();
        return service == null ? SourceDescriptor.OWN : SourceDescriptor.ROUTED + byName.get(service);
    }

    private boolean isAs(final int list, final List<Range> ranges, final int[] targets) {
        boolean isSame = target(list) == targets.length;
        for (int i = 0; isSame && i < targets.length; i++) {
            final long entry = SourceDescriptor.entryOffset(list + 1 + i);
            isSame = sources.getLong(entry) == word(ranges.get(i).first(), 0)
                    && sources.getLong(entry + Long.BYTES) == word(ranges.get(i).first(), 1)
                    && target(list + 1 + i) == targets[i];
        }
        return isSame;
    }

    /** The first gap of a length; it may be beyond the table's end. */
    private static int gap(final BitSet used, final int length) {
        int begin = used.nextClearBit(0);
        int end = used.nextSetBit(begin);
        while (end >= 0 && end - begin < length) {
            begin = used.nextClearBit(end);
            end = used.nextSetBit(begin);
        }
        return begin;
    }

    private void store(final int index, final BigInteger first, final int target) {
        final long entry = SourceDescriptor.entryOffset(index);
        sources.putLong(entry, word(first, 0));
        sources.putLong(entry + Long.BYTES, word(first, 1));
        sources.putInt(entry + SourceDescriptor.TARGET_OFFSET, target);
    }

    /** A word of an address in network order. */
    private static long word(final BigInteger number, final int index) {
        return Long.reverseBytes(number.shiftRight(index == 0 ? Long.SIZE : 0).longValue());
    }

    private int target(final int index) {
        return sources.getInt(SourceDescriptor.entryOffset(index) + SourceDescriptor.TARGET_OFFSET);
    }

    private int list(final int serviceIndex) {
        return memory.services()
                        .getShort(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.SOURCE_LIST_OFFSET)
                & 0xffff;
    }

    /** The list is visible before its name is. */
    private void storeList(final int serviceIndex, final int list) {
        VarHandle.releaseFence();
        memory.services()
                .putShort(ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.SOURCE_LIST_OFFSET, (short)
                        list);
    }
}
