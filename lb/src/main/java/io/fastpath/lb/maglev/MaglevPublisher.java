package io.fastpath.lb.maglev;

import static io.fastpath.kernelbpf.layout.ServiceDescriptor.MAGLEV_ACTIVE_OFFSET;
import static io.fastpath.kernelbpf.layout.ServiceDescriptor.MAGLEV_A_INDEX_OFFSET;
import static io.fastpath.kernelbpf.layout.ServiceDescriptor.MAGLEV_B_INDEX_OFFSET;
import static io.fastpath.kernelbpf.layout.ServiceDescriptor.MAGLEV_ENTRY_LENGTH;
import static io.fastpath.kernelbpf.layout.ServiceDescriptor.MAGLEV_NO_BACKEND;
import static io.fastpath.kernelbpf.layout.ServiceDescriptor.MAGLEV_SIZE_OFFSET;
import static io.fastpath.kernelbpf.layout.ServiceDescriptor.slotOffset;

import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.LbMemory;
import java.lang.invoke.VarHandle;

/**
 * Brings Maglev tables into force. A service has two copies in the Maglev array: the inactive one is brought up to
 * date, writing only the slots that differ, and then {@code active} names it, with release. A reader that acquires
 * {@code active} reads from a complete copy until the second next publication begins to write it; what it may read
 * then is still a backend of the service, or one that was until then. Control thread only.
 */
public final class MaglevPublisher {
    private final SharedMemory services;
    private final SharedMemory maglev;

    /**
     * A publisher.
     *
     * @param memory with the tables
     */
    public MaglevPublisher(final LbMemory memory) {
        services = memory.services();
        maglev = memory.maglev();
    }

    /**
     * Puts a table in force. Nothing is written when it is in force already.
     *
     * @param serviceIndex of a service whose copies have the table's size
     * @param table to publish
     * @param backendIndices by position in {@link MaglevTable#backends()}
     * @return slots written
     */
    public int publish(final int serviceIndex, final MaglevTable table, final int[] backendIndices) {
        final long service = slotOffset(serviceIndex);
        if (services.getInt(service + MAGLEV_SIZE_OFFSET) != table.size()) {
            throw new IllegalArgumentException("a table of " + table.size() + " slots is not of the service's size");
        }
        final int active = services.getInt(service + MAGLEV_ACTIVE_OFFSET);
        if (isEqual(copyIndex(service, active), table, backendIndices)) {
            return 0;
        }
        VarHandle.fullFence(); // the last flip is visible before the copy that it took out of force is written
        final int written = fill(copyIndex(service, 1 - active), table, backendIndices);
        services.putIntRelease(service + MAGLEV_ACTIVE_OFFSET, 1 - active);
        return written;
    }

    /**
     * Writes a table into a copy that no reader uses.
     *
     * @param firstEntry index of the copy's first entry
     * @param table to write
     * @param backendIndices by position in {@link MaglevTable#backends()}
     * @return slots written, which are those that differed
     */
    public int fill(final int firstEntry, final MaglevTable table, final int[] backendIndices) {
        int written = 0;
        for (int slot = 0; slot < table.size(); slot++) {
            final long offset = entryOffset(firstEntry, slot);
            final short entry = entry(table, slot, backendIndices);
            if (maglev.getShort(offset) != entry) {
                maglev.putShort(offset, entry);
                written++;
            }
        }
        return written;
    }

    /**
     * Moves a service to two other copies, perhaps of another size; both must hold the new table. The size grows last
     * and shrinks first, so that a reader in between takes the slot of the smaller size in either table. One that had
     * read a word before and reads the next after may get a foreign entry: readers compare the backend's service.
     *
     * @param serviceIndex of the service
     * @param copyA first entry of the new copy 0
     * @param copyB first entry of the new copy 1
     * @param size entries of each
     */
    public void move(final int serviceIndex, final int copyA, final int copyB, final int size) {
        final long service = slotOffset(serviceIndex);
        if (size < services.getInt(service + MAGLEV_SIZE_OFFSET)) {
            services.putIntRelease(service + MAGLEV_SIZE_OFFSET, size);
        }
        services.putIntRelease(service + MAGLEV_A_INDEX_OFFSET, copyA);
        services.putIntRelease(service + MAGLEV_B_INDEX_OFFSET, copyB);
        services.putIntRelease(service + MAGLEV_SIZE_OFFSET, size);
    }

    private boolean isEqual(final int firstEntry, final MaglevTable table, final int[] backendIndices) {
        for (int slot = 0; slot < table.size(); slot++) {
            if (maglev.getShort(entryOffset(firstEntry, slot)) != entry(table, slot, backendIndices)) {
                return false;
            }
        }
        return true;
    }

    private int copyIndex(final long service, final int copy) {
        return services.getInt(service + (copy == 0 ? MAGLEV_A_INDEX_OFFSET : MAGLEV_B_INDEX_OFFSET));
    }

    private static long entryOffset(final int firstEntry, final int slot) {
        return ((long) firstEntry + slot) * MAGLEV_ENTRY_LENGTH;
    }

    private static short entry(final MaglevTable table, final int slot, final int[] backendIndices) {
        final int position = table.position(slot);
        return (short) (position == MaglevTable.NONE ? MAGLEV_NO_BACKEND : backendIndices[position]);
    }
}
