package io.fastpath.lb.selection;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.layout.SourceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Whether a service takes a source's connections, or another one's backends have them. No allocation; any thread. C twin:
 * {@code fp_source_find.h}.
 */
public final class SourceLists {
    /** Answer of {@link #route}: the service doesn't allow the source. */
    public static final int DENIED = -1;

    private final SharedMemory services;
    private final SharedMemory sources;

    /**
     * A reader.
     *
     * @param services {@link ServiceDescriptor} slots
     * @param sources {@link SourceDescriptor} entries
     */
    public SourceLists(final SharedMemory services, final SharedMemory sources) {
        this.services = services;
        this.sources = sources;
    }

    /**
     * The service for a source.
     *
     * @param serviceIndex of the service that the packet is for
     * @param source0 source address, word 0
     * @param source1 source address, word 1
     * @return the index of the service to go on with, or {@link #DENIED}
     */
    public int route(final int serviceIndex, final long source0, final long source1) {
        final long word = ServiceDescriptor.slotOffset(serviceIndex) + ServiceDescriptor.SOURCE_LIST_OFFSET;
        final int list = services.getShort(word) & 0xffff;
        if (list == 0) {
            return serviceIndex;
        }
        final int target = target(list, Long.reverseBytes(source0), Long.reverseBytes(source1));
        if (target == SourceDescriptor.DENIED) {
            return DENIED;
        }
        return target == SourceDescriptor.OWN ? serviceIndex : target - SourceDescriptor.ROUTED;
    }

    private int target(final int list, final long high, final long low) {
        int begin = list + 1;
        int end = begin + targetAt(list);
        while (end - begin > 1) {
            final int middle = begin + (end - begin) / 2;
            if (isBelow(high, low, SourceDescriptor.entryOffset(middle))) {
                end = middle;
            } else {
                begin = middle;
            }
        }
        return targetAt(begin);
    }

    private boolean isBelow(final long high, final long low, final long entry) {
        final long first = Long.reverseBytes(sources.getLong(entry + SourceDescriptor.FIRST_OFFSET));
        if (high != first) {
            return Long.compareUnsigned(high, first) < 0;
        }
        final long second = sources.getLong(entry + SourceDescriptor.FIRST_OFFSET + AddressDescriptor.WORD1_OFFSET);
        return Long.compareUnsigned(low, Long.reverseBytes(second)) < 0;
    }

    private int targetAt(final int index) {
        return sources.getInt(SourceDescriptor.entryOffset(index) + SourceDescriptor.TARGET_OFFSET);
    }
}
