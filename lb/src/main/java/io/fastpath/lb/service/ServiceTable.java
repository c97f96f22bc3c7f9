package io.fastpath.lb.service;

import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.maglev.MaglevPublisher;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.maglev.MaglevSpace;
import io.fastpath.lb.maglev.MaglevTable;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * The control side of services and backends in shared memory. It keeps no copy of the tables: each change reads them
 * afresh, works out the difference, claims all room, and only then writes. So a new process that attaches to the
 * tables of another goes on with them, also where that one died half way. Service names aren't in shared memory;
 * whoever needs them keeps them by {@link ServiceKey}. Control thread only, and one such thread over all processes.
 *
 * <p>Make before break: room that a change gives up can be used by the next change, not by the same one. A retired
 * backend keeps its record until {@link #release} says that no flow refers to it; when the same service gets the same
 * endpoint again before, the record comes back with the index it had.
 */
public final class ServiceTable {
    private static final int SLOTS_PER_ENTRY = 4;

    private final LbMemory memory;
    private final TableWriter writer;
    private final BitSet verified = new BitSet();

    private ServiceTable(final LbMemory memory) {
        this.memory = memory;
        writer = new TableWriter(memory);
    }

    /**
     * Attaches to tables, empty ones or those of a running or dead instance. Nothing is written yet; the first change
     * puts right what a dead writer may have left.
     *
     * @param memory with the tables
     * @return the control side
     * @throws IllegalStateException when the tables contradict themselves
     */
    public static ServiceTable attach(final LbMemory memory) {
        final ServiceTable table = new ServiceTable(memory);
        new TablePicture(memory);
        return table;
    }

    /**
     * A size for the service table at which a service hardly ever misses its probe limit: four slots for each entry,
     * and two entries per service, its own and its VIP's. Of 1260 tables of 32 to 4000 services none was refused at
     * this size, 6 at three slots per entry, and 198 at two.
     *
     * @param serviceCount services to make room for
     * @return slots
     */
    public static int recommendedSlotCount(final int serviceCount) {
        final long slots = Math.max(64, (long) serviceCount * 2 * SLOTS_PER_ENTRY);
        return (int) Math.min(slots, LbMemory.SERVICE_SLOT_LIMIT);
    }

    /**
     * A size for the Maglev array.
     *
     * @param serviceCount services to make room for, those that replace others in one change included
     * @param maglevSize slots of each table, see {@link MaglevSize}
     * @return entries
     */
    public static int recommendedMaglevEntryCount(final int serviceCount, final int maglevSize) {
        return Math.toIntExact(2L * serviceCount * MaglevSpace.occupied(maglevSize));
    }

    /**
     * Makes the tables hold these services and no others. What is there already keeps its index, and its words are
     * not written.
     *
     * @param specs all services
     * @return what it came to
     * @throws IllegalArgumentException when two services have one key or name; nothing was written
     * @throws CapacityException when it doesn't fit; nothing was written
     */
    public ApplyResult apply(final List<ServiceSpec> specs) {
        ServiceSpec.checkDistinct(specs);
        final ChangePlan plan = new ChangePlan(memory, verified);
        specs.forEach(plan::put);
        plan.removeAllBut(specs);
        return plan.execute();
    }

    /**
     * Adds one service, or changes it to this; the others stay.
     *
     * @param spec the service
     * @return what it came to
     * @throws CapacityException when it doesn't fit; nothing was written
     */
    public ApplyResult put(final ServiceSpec spec) {
        final ChangePlan plan = new ChangePlan(memory, verified);
        plan.put(spec);
        return plan.execute();
    }

    /**
     * Removes one service; the others stay.
     *
     * @param key of the service
     * @return what it came to; unchanged when there is no such service
     */
    public ApplyResult remove(final ServiceKey key) {
        final ChangePlan plan = new ChangePlan(memory, verified);
        plan.remove(key);
        return plan.execute();
    }

    /**
     * The services in force.
     *
     * @return by index
     */
    public List<ServiceEntry> services() {
        return TableReader.services(memory);
    }

    /**
     * All backends in use, retired ones included.
     *
     * @return by index
     */
    public List<BackendEntry> backends() {
        return TableReader.backends(memory);
    }

    /**
     * Frees the record of a retired backend. Its index may be given to another backend from now on: the caller has
     * seen that no flow refers to it.
     *
     * @param backendIndex of a retired backend
     * @throws IllegalArgumentException when it is not a retired one
     */
    public void release(final int backendIndex) {
        writer.freeBackend(backendIndex);
    }

    /**
     * Has a service's new flows go by other shares than its backends' weights, which stay as they are, until its next change.
     *
     * @param spec of a service in the table, its backends' weights replaced by the shares
     */
    public void rebalance(final ServiceSpec spec) {
        for (final ServiceEntry entry : services()) {
            if (entry.key().equals(spec.key())) {
                final MaglevTable table = spec.table();
                final Map<Endpoint, Integer> indices = entry.backendIndices();
                final int[] byPosition = table.backends().stream()
                        .mapToInt(backend -> indices.get(backend.endpoint()))
                        .toArray();
                new MaglevPublisher(memory).publish(entry.index(), table, byPosition);
            }
        }
    }

    /**
     * Tells engines how much backends have to do.
     *
     * @param backendIndex of a backend in use
     * @param load higher where it is more, 0 to 65535
     */
    public void setLoad(final int backendIndex, final int load) {
        writer.storeLoad(backendIndex, load);
    }

    /**
     * Sets where a backend's packets go.
     *
     * @param backendIndex of a backend in use
     * @param nextHopIndex in the next-hop table; 0 = not resolved
     */
    public void setNextHop(final int backendIndex, final int nextHopIndex) {
        writer.storeNextHop(backendIndex, nextHopIndex);
    }
}
