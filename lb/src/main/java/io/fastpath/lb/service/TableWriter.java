package io.fastpath.lb.service;

import static io.fastpath.kernelbpf.layout.BackendDescriptor.recordOffset;
import static io.fastpath.kernelbpf.layout.ServiceDescriptor.slotOffset;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;

/**
 * The stores that change tables, each in the order that readers rely on: a record's words first, its state last, with
 * release; when it goes, the state alone. Control thread only.
 */
final class TableWriter {
    private static final int NO_PROTOCOL = 0;

    private final SharedMemory services;
    private final SharedMemory backends;
    private final int serviceSlotCount;

    TableWriter(final LbMemory memory) {
        services = memory.services();
        backends = memory.backends();
        serviceSlotCount = memory.serviceSlotCount();
    }

    void storeVip(final int index, final Vip vip) {
        storeKey(index, vip, 0, NO_PROTOCOL);
        storeState(index, ServiceDescriptor.STATE_LIVE);
    }

    /** Copy A must hold the Maglev table. */
    void storeService(
            final int index, final ServiceSpec spec, final int rangeNumber, final int copyA, final int copyB) {
        final long slot = slotOffset(index);
        final Ports ports = spec.key().ports();
        if (ports.isSingle()) {
            storeKey(
                    index,
                    spec.key().virtual(),
                    spec.key().portBe(),
                    spec.protocol().number());
        } else {
            final int protocol = spec.protocol().number() | ServiceDescriptor.RANGED;
            storeKey(index, spec.key().virtual(), rangeNumber, protocol);
            services.putShort(slot + ServiceDescriptor.PORT_FIRST_OFFSET, (short) ports.first());
            services.putShort(slot + ServiceDescriptor.PORT_LAST_OFFSET, (short) ports.last());
        }
        services.putInt(slot + ServiceDescriptor.MAGLEV_A_INDEX_OFFSET, copyA);
        services.putInt(slot + ServiceDescriptor.MAGLEV_B_INDEX_OFFSET, copyB);
        services.putInt(slot + ServiceDescriptor.MAGLEV_SIZE_OFFSET, spec.maglevSize());
        storeForwarding(index, spec);
        storeFlags(index, spec);
        storeMss(index, spec);
        storeWeightedCount(index, spec);
        storeState(index, ServiceDescriptor.STATE_LIVE);
    }

    void storeForwarding(final int index, final ServiceSpec spec) {
        services.putByte(slotOffset(index) + ServiceDescriptor.FORWARDING_OFFSET, (byte)
                spec.forwarding().code());
    }

    /** The flags are one word, so that readers go by the old or the new. */
    void storeFlags(final int index, final ServiceSpec spec) {
        final long offset = slotOffset(index) + ServiceDescriptor.FLAGS_OFFSET;
        services.putShort(slotOffset(index) + ServiceDescriptor.AFFINITY_SECONDS_OFFSET, (short)
                spec.selection().affinity().seconds());
        services.putByte(slotOffset(index) + ServiceDescriptor.ALGORITHM_OFFSET, (byte)
                spec.selection().algorithm().code());
        services.putIntRelease(
                offset,
                services.getInt(offset) & ~(ServiceDescriptor.HASH_MASK | ServiceDescriptor.RESETS | TrackingSpec.MASK)
                        | spec.selection().hash().code()
                        | spec.selection().affinity().code() << ServiceDescriptor.AFFINITY_SHIFT
                        | (spec.resets() ? ServiceDescriptor.RESETS : 0)
                        | spec.tracking().flags());
    }

    void storeMss(final int index, final ServiceSpec spec) {
        services.putShort(slotOffset(index) + ServiceDescriptor.MSS_LIMIT_OFFSET, (short)
                spec.mss().value());
    }

    void storeWeightedCount(final int index, final ServiceSpec spec) {
        services.putShort(slotOffset(index) + ServiceDescriptor.BACKEND_COUNT_OFFSET, (short) spec.weightedCount());
    }

    void deleteSlot(final int index) {
        storeState(index, ServiceDescriptor.STATE_DELETED);
    }

    /** Frees every tombstone that only free slots follow: no search has to go on past it. */
    void clearTombstones() {
        int free = 0;
        while (free < serviceSlotCount && state(free) != ServiceDescriptor.STATE_FREE) {
            free++;
        }
        boolean freeFollows = true;
        for (int i = 1; i < serviceSlotCount && free < serviceSlotCount; i++) {
            final int index = Math.floorMod(free - i, serviceSlotCount);
            if (freeFollows && state(index) == ServiceDescriptor.STATE_DELETED) {
                storeState(index, ServiceDescriptor.STATE_FREE);
            }
            freeFollows = state(index) == ServiceDescriptor.STATE_FREE;
        }
    }

    void storeBackend(final int index, final int serviceIndex, final BackendSpec spec) {
        final long record = recordOffset(index);
        storeWeight(index, spec);
        backends.putShort(record + BackendDescriptor.SERVICE_INDEX_OFFSET, (short) serviceIndex);
        storeNextHop(index, 0);
        backends.putShort(record + BackendDescriptor.PORT_BE_OFFSET, (short)
                spec.endpoint().portBe());
        spec.address().store(backends, record + BackendDescriptor.ADDRESS_OFFSET);
        storeBackendState(index, BackendDescriptor.STATE_UP);
    }

    /** The record's endpoint and service are the same still. */
    void reviveBackend(final int index, final BackendSpec spec) {
        storeWeight(index, spec);
        storeBackendState(index, BackendDescriptor.STATE_UP);
    }

    void storeWeight(final int index, final BackendSpec spec) {
        backends.putShort(recordOffset(index) + BackendDescriptor.WEIGHT_OFFSET, (short) spec.weight());
        backends.putShort(recordOffset(index) + BackendDescriptor.WITHHELD_OFFSET, (short) spec.withheld());
    }

    void storeLoad(final int index, final int load) {
        backends.putShort(recordOffset(index) + BackendDescriptor.LOAD_OFFSET, (short) load);
    }

    void storeNextHop(final int index, final int nextHopIndex) {
        backends.putShort(recordOffset(index) + BackendDescriptor.NEXT_HOP_INDEX_OFFSET, (short) nextHopIndex);
    }

    void storeBackendState(final int index, final int state) {
        backends.putIntRelease(recordOffset(index) + BackendDescriptor.STATE_OFFSET, state);
    }

    void freeBackend(final int index) {
        final int state = backends.getInt(recordOffset(index) + BackendDescriptor.STATE_OFFSET);
        if (state != BackendDescriptor.STATE_RETIRED) {
            throw new IllegalArgumentException("backend " + index + " is not retired but in state " + state);
        }
        storeBackendState(index, BackendDescriptor.STATE_FREE);
    }

    private void storeKey(final int index, final Vip vip, final int portBe, final int protocol) {
        final long slot = slotOffset(index);
        services.clear(slot + Integer.BYTES, ServiceDescriptor.LENGTH - Integer.BYTES);
        vip.address().store(services, slot + ServiceDescriptor.VIP_OFFSET);
        services.putByte(slot + ServiceDescriptor.HOST_BITS_OFFSET, (byte) vip.hostBits());
        services.putShort(slot + ServiceDescriptor.PORT_BE_OFFSET, (short) portBe);
        services.putByte(slot + ServiceDescriptor.PROTOCOL_OFFSET, (byte)
                (protocol | (vip.isSingle() ? 0 : ServiceDescriptor.PREFIXED)));
    }

    private int state(final int index) {
        return services.getInt(slotOffset(index) + ServiceDescriptor.STATE_OFFSET);
    }

    private void storeState(final int index, final int state) {
        services.putIntRelease(slotOffset(index) + ServiceDescriptor.STATE_OFFSET, state);
    }
}
