package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.maglev.MaglevSpace;
import io.fastpath.lb.service.CapacityException.Resource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the tables hold and what is free in them, read afresh for each change. Planning claims room here and writes
 * nothing to shared memory, so a plan that doesn't fit leaves no trace. One thread.
 */
final class TablePicture {
    private final LbMemory memory;
    private final Map<ServiceKey, ServiceEntry> services = new LinkedHashMap<>();
    private final Map<Vip, Integer> vips;
    private final Map<Integer, Map<Endpoint, BackendEntry>> idleByService = new HashMap<>();
    private final List<BackendEntry> orphans = new ArrayList<>();
    private final Map<List<Object>, BitSet> rangeNumbers = new HashMap<>();
    private final BitSet liveSlots = new BitSet();
    private final BitSet usedBackends = new BitSet();
    private final MaglevSpace space;

    /**
     * Reads the tables.
     *
     * @throws IllegalStateException when they contradict themselves
     */
    TablePicture(final LbMemory memory) {
        this.memory = memory;
        space = new MaglevSpace(memory.maglevEntryCount());
        TableReader.services(memory).forEach(this::note);
        final BitSet serviceSlots = (BitSet) liveSlots.clone();
        vips = TableReader.vips(memory);
        vips.values().forEach(liveSlots::set);
        for (final BackendEntry backend : TableReader.backends(memory)) {
            usedBackends.set(backend.index());
            final boolean orphan = !backend.retired() && !serviceSlots.get(backend.serviceIndex());
            if (backend.retired() || orphan) {
                idle(backend.serviceIndex()).put(backend.endpoint(), backend);
            }
            if (orphan) {
                orphans.add(backend); // its writer died between two stores
            }
        }
    }

    ServiceEntry service(final ServiceKey key) {
        return services.get(key);
    }

    Collection<ServiceEntry> services() {
        return services.values();
    }

    Map<Vip, Integer> vips() {
        return vips;
    }

    /** Backends in state UP without a service in force. */
    List<BackendEntry> orphans() {
        return orphans;
    }

    /** Where the ports are a range, its number stands where one port would. */
    int claimService(final ServiceKey key, final int rangeNumber) {
        final boolean isSingle = key.ports().isSingle();
        return claimSlot(
                key.virtual(),
                isSingle ? key.portBe() : rangeNumber,
                key.protocol().number() | (isSingle ? 0 : ServiceDescriptor.RANGED),
                "service " + key);
    }

    /**
     * A number for a range, among those of its VIP and protocol. All ports have the last, so that they are looked for last.
     */
    int claimRange(final ServiceKey key) {
        final int limit = ServiceDescriptor.RANGE_LIMIT - 1;
        if (key.ports().isSingle() || key.ports().isAny()) {
            return limit;
        }
        final BitSet numbers =
                rangeNumbers.computeIfAbsent(List.of(key.virtual(), key.protocol()), vip -> new BitSet());
        final int number = numbers.nextClearBit(0);
        if (number >= limit) {
            throw new CapacityException(
                    Resource.SERVICE_SLOTS,
                    "no number for the ports of service " + key + ": all " + limit
                            + " ranges of that VIP and protocol are in use (removed ones free theirs for the next change)");
        }
        numbers.set(number);
        return number;
    }

    int claimVip(final Vip vip) {
        return claimSlot(vip, 0, 0, "VIP " + vip);
    }

    /** An idle record of the same service slot and endpoint, which is taken back into use; null when there is none. */
    BackendEntry reclaimBackend(final int serviceIndex, final Endpoint endpoint) {
        final BackendEntry backend = idle(serviceIndex).remove(endpoint);
        orphans.remove(backend);
        return backend;
    }

    int claimBackend(final Endpoint endpoint) {
        final int index = usedBackends.nextClearBit(0);
        if (index >= memory.backendCapacity()) {
            final int retiredCount =
                    idleByService.values().stream().mapToInt(Map::size).sum();
            throw new CapacityException(
                    Resource.BACKENDS,
                    "no record for backend " + endpoint + ": all " + memory.backendCapacity() + " are in use, "
                            + retiredCount + " of them retired with flows that may remain");
        }
        usedBackends.set(index);
        return index;
    }

    int claimMaglev(final ServiceKey key, final int size) {
        final int first = space.claim(size);
        if (first == MaglevSpace.FULL) {
            throw new CapacityException(
                    Resource.MAGLEV_ENTRIES,
                    "no room for the Maglev table of service " + key + ": two copies of "
                            + MaglevSpace.occupied(size) + " entries are needed, " + space.freeCount() + " of "
                            + memory.maglevEntryCount()
                            + " are free (removed services free theirs for the next change)");
        }
        return first;
    }

    private void note(final ServiceEntry entry) {
        if (services.put(entry.key(), entry) != null) {
            throw new IllegalStateException("service slot " + entry.index() + ": " + entry.key() + " is there twice");
        }
        if (!space.reserve(entry.maglevCopyA(), entry.maglevSize())
                || !space.reserve(entry.maglevCopyB(), entry.maglevSize())
                || entry.maglevActive() >>> 1 != 0) {
            throw new IllegalStateException("service slot " + entry.index() + ": Maglev copies at "
                    + entry.maglevCopyA() + " and " + entry.maglevCopyB() + " of " + entry.maglevSize() + ", active "
                    + entry.maglevActive() + ", can't be");
        }
        liveSlots.set(entry.index());
        final ServiceKey key = entry.key();
        if (!key.ports().isSingle()) {
            rangeNumbers
                    .computeIfAbsent(List.of(key.virtual(), key.protocol()), vip -> new BitSet())
                    .set(TableReader.rangeNumber(memory, entry.index()));
        }
    }

    private int claimSlot(final Vip vip, final int portBe, final int protocolByte, final String what) {
        final int slotCount = memory.serviceSlotCount();
        final int protocol = protocolByte | (vip.isSingle() ? 0 : ServiceDescriptor.PREFIXED);
        final int home =
                memory.homeSlot(vip.address().word0(), vip.address().word1(), portBe, protocol, vip.hostBits());
        for (int i = 0; i < Math.min(ServiceDescriptor.PROBE_LIMIT, slotCount); i++) {
            final int slot = (home + i) % slotCount;
            if (!liveSlots.get(slot)) {
                liveSlots.set(slot);
                return slot;
            }
        }
        throw new CapacityException(
                Resource.SERVICE_SLOTS,
                "no slot for " + what + " within " + ServiceDescriptor.PROBE_LIMIT + " of its home: "
                        + liveSlots.cardinality() + " of " + slotCount
                        + " are in use; a service table needs four slots per service and VIP");
    }

    private Map<Endpoint, BackendEntry> idle(final int serviceIndex) {
        return idleByService.computeIfAbsent(serviceIndex, index -> new HashMap<>());
    }
}
