package io.fastpath.conntrack.race;

import static io.fastpath.conntrack.TestWorld.UDP;
import static io.fastpath.conntrack.TestWorld.ipv4;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FragmentEvents;
import io.fastpath.conntrack.FragmentTable;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FragmentDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A datagram of its own in one fragment table for all: a table has room for thousands, and each race clears up what it left.
 * Two actors have a view of the table each.
 */
final class FragmentRaceTable {
    static final int NOW = 100_000;
    static final int FIRST_END = 10;

    private static final SharedMemory SLOTS =
            SharedMemory.allocate((long) FragmentDescriptor.SLOTS * FragmentDescriptor.LENGTH);
    private static final SharedMemory CONFIG = config();
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final long SOURCE = ipv4(192, 0, 2, 1);
    private static final long DESTINATION = ipv4(10, 7, 0, 1);

    final FragmentTable first = new FragmentTable(SLOTS, CONFIG, FragmentEvents.NONE);
    final FragmentTable second = new FragmentTable(SLOTS, CONFIG, FragmentEvents.NONE);
    private final int identification = NEXT.incrementAndGet();

    private static SharedMemory config() {
        final SharedMemory config = SharedMemory.allocate(ConfigDescriptor.LENGTH);
        final SplittableRandom random = new SplittableRandom(77);
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            config.putLong(ConfigDescriptor.HASH_KEY_OFFSET + (long) i * Long.BYTES, random.nextLong());
        }
        return config;
    }

    /** Enters the datagram for a flow: 1 if it was let through. */
    int enter(final FragmentTable table, final int flowIndex) {
        final long flow = FlowHandle.of(flowIndex, flowIndex);
        return table.enter(0, SOURCE, 0, DESTINATION, identification, UDP, FIRST_END, flow, NOW) == 0 ? 1 : 0;
    }

    /** What a look-up finds. */
    long find(final FragmentTable table) {
        return table.find(0, SOURCE, 0, DESTINATION, identification, UDP, NOW);
    }

    /** The index of the datagram's flow; 0 if it isn't known, -1 if the handle is of two. */
    int flow(final FragmentTable table) {
        final long found = find(table);
        final long flow = found == FragmentTable.NOT_FOUND ? FlowHandle.NOT_FOUND : table.flow(found);
        if (flow == FlowHandle.NOT_FOUND) {
            return 0;
        }
        return FlowHandle.slotIndex(flow) == FlowHandle.control(flow) ? FlowHandle.slotIndex(flow) : -1;
    }

    /** How many slots have the datagram; frees them. */
    int clear() {
        int count = 0;
        for (int i = 0; i < FragmentDescriptor.SLOTS; i++) {
            final long slot = (long) i * FragmentDescriptor.LENGTH;
            final int control = SLOTS.getInt(slot + FragmentDescriptor.CONTROL_OFFSET);
            if (SLOTS.getInt(slot + FragmentDescriptor.IDENTIFICATION_OFFSET) == identification
                    && (control & FragmentDescriptor.STATE_MASK) != FragmentDescriptor.STATE_FREE) {
                SLOTS.putInt(slot + FragmentDescriptor.CONTROL_OFFSET, control & ~FragmentDescriptor.STATE_MASK);
                count++;
            }
        }
        return count;
    }
}
