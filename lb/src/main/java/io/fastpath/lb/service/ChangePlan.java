package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.maglev.MaglevPublisher;
import io.fastpath.lb.maglev.MaglevTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One change to the tables: first all room is claimed, then all is made, then what is no longer wanted is taken away.
 * So it fits or fails as a whole, and readers always find either the old or the new. One use, one thread.
 */
final class ChangePlan {
    private final TablePicture picture;
    private final TableWriter writer;
    private final MaglevPublisher publisher;
    private final WidePublisher wide;
    private final BitSet verified;

    private final List<Runnable> makes = new ArrayList<>();
    private final List<Runnable> breaks = new ArrayList<>();
    private final Set<Vip> wantedVips = new HashSet<>();
    private final Set<ServiceKey> removedKeys = new HashSet<>();
    private final BitSet putIndices = new BitSet();
    private int servicesAdded;
    private int servicesChanged;
    private int backendsAdded;
    private int backendsRetired;
    private int maglevSlotsWritten;

    /**
     * A plan that is empty yet.
     *
     * @param memory to change
     * @param verified services whose Maglev table in force is known to be that of their backends
     */
    ChangePlan(final LbMemory memory, final BitSet verified) {
        picture = new TablePicture(memory);
        writer = new TableWriter(memory);
        publisher = new MaglevPublisher(memory);
        wide = new WidePublisher(memory);
        this.verified = verified;
    }

    void put(final ServiceSpec spec) {
        final ServiceEntry entry = picture.service(spec.key());
        if (entry == null) {
            add(spec);
        } else {
            change(spec, entry);
        }
    }

    void remove(final ServiceKey key) {
        final ServiceEntry entry = picture.service(key);
        if (entry != null && removedKeys.add(key)) {
            breaks.add(() -> writer.deleteSlot(entry.index()));
            entry.backends().forEach(this::retire);
        }
    }

    void removeAllBut(final List<ServiceSpec> specs) {
        final Set<ServiceKey> wanted = new HashSet<>();
        specs.forEach(spec -> wanted.add(spec.key()));
        for (final ServiceEntry entry : picture.services()) {
            if (!wanted.contains(entry.key())) {
                remove(entry.key());
            }
        }
    }

    ApplyResult execute() {
        final BitSet known = (BitSet) verified.clone();
        verified.clear(); // nothing is known while steps are half done
        steps().forEach(Runnable::run);
        verified.or(known);
        verified.or(putIndices);
        removedKeys.forEach(key -> verified.clear(picture.service(key).index()));
        return new ApplyResult(
                servicesAdded, servicesChanged, removedKeys.size(), backendsAdded, backendsRetired, maglevSlotsWritten);
    }

    /** All stores in their order. Wherever a writer dies, the next plan on the same tables goes on from there. */
    List<Runnable> steps() {
        removeVips();
        picture.orphans().forEach(this::retire);
        if (!breaks.isEmpty()) {
            breaks.add(writer::clearTombstones);
        }
        final List<Runnable> steps = new ArrayList<>(makes);
        steps.add(() -> wide.publish(Set.of()));
        if (!breaks.isEmpty()) {
            steps.add(() -> wide.publish(removedKeys));
        }
        steps.addAll(breaks);
        return steps;
    }

    private void add(final ServiceSpec spec) {
        wantVip(spec.key().virtual());
        final int rangeNumber = picture.claimRange(spec.key());
        final int index = picture.claimService(spec.key(), rangeNumber);
        final Map<Endpoint, Integer> indices = new HashMap<>();
        spec.backends().forEach(backend -> indices.put(backend.endpoint(), addBackend(index, backend)));
        final int copyA = picture.claimMaglev(spec.key(), spec.maglevSize());
        final int copyB = picture.claimMaglev(spec.key(), spec.maglevSize());
        makes.add(() -> {
            final MaglevTable table = spec.table();
            maglevSlotsWritten += publisher.fill(copyA, table, byPosition(table, indices));
            writer.storeService(index, spec, rangeNumber, copyA, copyB);
        });
        putIndices.set(index);
        servicesAdded++;
    }

    private void change(final ServiceSpec spec, final ServiceEntry entry) {
        wantVip(spec.key().virtual());
        putIndices.set(entry.index());
        if (entry.matches(spec)) {
            if (!verified.get(entry.index())) {
                makes.add(() -> servicesChanged += publish(spec, entry.index(), entry.backendIndices()) > 0 ? 1 : 0);
            }
            return;
        }
        servicesChanged++;
        if (entry.forwarding() != spec.forwarding()) {
            makes.add(() -> writer.storeForwarding(entry.index(), spec));
        }
        if (entry.hash() != spec.selection().hash()
                || entry.algorithm() != spec.selection().algorithm()
                || !entry.affinity().equals(spec.selection().affinity())
                || entry.resets() != spec.resets()
                || !entry.tracking().equals(spec.tracking())) {
            makes.add(() -> writer.storeFlags(entry.index(), spec));
        }
        if (!entry.mss().equals(spec.mss())) {
            makes.add(() -> writer.storeMss(entry.index(), spec));
        }
        final Map<Endpoint, Integer> indices = changeBackends(spec, entry);
        if (entry.maglevSize() == spec.maglevSize()) {
            makes.add(() -> publish(spec, entry.index(), indices));
        } else {
            move(spec, entry.index(), indices);
        }
        if (entry.weightedCount() != spec.weightedCount()) {
            makes.add(() -> writer.storeWeightedCount(entry.index(), spec));
        }
    }

    private Map<Endpoint, Integer> changeBackends(final ServiceSpec spec, final ServiceEntry entry) {
        final Map<Endpoint, BackendEntry> gone = new HashMap<>();
        entry.backends().forEach(backend -> gone.put(backend.endpoint(), backend));
        final Map<Endpoint, Integer> indices = new HashMap<>();
        for (final BackendSpec backend : spec.backends()) {
            final BackendEntry present = gone.remove(backend.endpoint());
            indices.put(backend.endpoint(), present == null ? addBackend(entry.index(), backend) : present.index());
            if (present != null && !ServiceEntry.isAs(backend, present)) {
                makes.add(() -> writer.storeWeight(present.index(), backend));
            }
        }
        gone.values().forEach(this::retire);
        return indices;
    }

    private int addBackend(final int serviceIndex, final BackendSpec backend) {
        backendsAdded++;
        final BackendEntry idle = picture.reclaimBackend(serviceIndex, backend.endpoint());
        if (idle != null) {
            makes.add(() -> writer.reviveBackend(idle.index(), backend));
            return idle.index();
        }
        final int index = picture.claimBackend(backend.endpoint());
        makes.add(() -> writer.storeBackend(index, serviceIndex, backend));
        return index;
    }

    private void retire(final BackendEntry backend) {
        backendsRetired++;
        breaks.add(() -> writer.storeBackendState(backend.index(), BackendDescriptor.STATE_RETIRED));
    }

    private int publish(final ServiceSpec spec, final int serviceIndex, final Map<Endpoint, Integer> indices) {
        final MaglevTable table = spec.table();
        final int written = publisher.publish(serviceIndex, table, byPosition(table, indices));
        maglevSlotsWritten += written;
        return written;
    }

    private void move(final ServiceSpec spec, final int serviceIndex, final Map<Endpoint, Integer> indices) {
        final int copyA = picture.claimMaglev(spec.key(), spec.maglevSize());
        final int copyB = picture.claimMaglev(spec.key(), spec.maglevSize());
        makes.add(() -> {
            final MaglevTable table = spec.table();
            final int[] byPosition = byPosition(table, indices);
            maglevSlotsWritten += publisher.fill(copyA, table, byPosition) + publisher.fill(copyB, table, byPosition);
            publisher.move(serviceIndex, copyA, copyB, spec.maglevSize());
        });
    }

    private void wantVip(final Vip vip) {
        if (wantedVips.add(vip) && !picture.vips().containsKey(vip)) {
            final int index = picture.claimVip(vip);
            makes.add(() -> writer.storeVip(index, vip));
        }
    }

    /** A VIP's entry stays as long as one service has it. */
    private void removeVips() {
        for (final ServiceEntry entry : picture.services()) {
            if (!removedKeys.contains(entry.key())) {
                wantedVips.add(entry.key().virtual());
            }
        }
        picture.vips().forEach((vip, index) -> {
            if (!wantedVips.contains(vip)) {
                breaks.add(() -> writer.deleteSlot(index));
            }
        });
    }

    private static int[] byPosition(final MaglevTable table, final Map<Endpoint, Integer> indices) {
        return table.backends().stream()
                .mapToInt(backend -> indices.get(backend.endpoint()))
                .toArray();
    }
}
