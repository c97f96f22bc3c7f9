package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads services and backends out of shared memory, also of an instance that is dead. Nothing is written. What it
 * reads while a control thread changes the tables may be half old and half new.
 */
public final class TableReader {
    private TableReader() {}

    /**
     * The services in force.
     *
     * @param memory to read
     * @return by index
     * @throws IllegalStateException for values that no control plane writes
     */
    public static List<ServiceEntry> services(final LbMemory memory) {
        final Map<Integer, List<BackendEntry>> backends = backendsByService(memory);
        final List<ServiceEntry> entries = new ArrayList<>();
        for (int i = 0; i < memory.serviceSlotCount(); i++) {
            if (isLive(memory, i) && !isVip(memory, i)) {
                entries.add(service(memory, i, backends.getOrDefault(i, List.of())));
            }
        }
        return entries;
    }

    /**
     * The VIPs that have an entry of their own.
     *
     * @param memory to read
     * @return slot index by VIP, in the order of the slots
     */
    public static Map<Vip, Integer> vips(final LbMemory memory) {
        final Map<Vip, Integer> vips = new LinkedHashMap<>();
        for (int i = 0; i < memory.serviceSlotCount(); i++) {
            if (isLive(memory, i) && isVip(memory, i)) {
                vips.put(vip(memory.services(), i), i);
            }
        }
        return vips;
    }

    /**
     * All backends in use, retired ones included.
     *
     * @param memory to read
     * @return by index
     * @throws IllegalStateException for values that no control plane writes
     */
    public static List<BackendEntry> backends(final LbMemory memory) {
        final List<BackendEntry> entries = new ArrayList<>();
        for (int i = 0; i < memory.backendCapacity(); i++) {
            final long record = BackendDescriptor.recordOffset(i);
            final int state = memory.backends().getIntAcquire(record + BackendDescriptor.STATE_OFFSET);
            if (state != BackendDescriptor.STATE_FREE) {
                entries.add(backend(memory.backends(), i, state));
            }
        }
        return entries;
    }

    private static Map<Integer, List<BackendEntry>> backendsByService(final LbMemory memory) {
        return backends(memory).stream()
                .filter(backend -> !backend.retired())
                .collect(Collectors.groupingBy(BackendEntry::serviceIndex));
    }

    private static boolean isLive(final LbMemory memory, final int index) {
        final int state =
                memory.services().getIntAcquire(ServiceDescriptor.slotOffset(index) + ServiceDescriptor.STATE_OFFSET);
        if (state < ServiceDescriptor.STATE_FREE || state > ServiceDescriptor.STATE_DELETED) {
            throw new IllegalStateException("service slot " + index + " has state " + state);
        }
        return state == ServiceDescriptor.STATE_LIVE;
    }

    private static boolean isVip(final LbMemory memory, final int index) {
        final long slot = ServiceDescriptor.slotOffset(index);
        return memory.services().getShort(slot + ServiceDescriptor.PORT_BE_OFFSET) == 0
                && (memory.services().getByte(slot + ServiceDescriptor.PROTOCOL_OFFSET) & ~ServiceDescriptor.PREFIXED)
                        == 0;
    }

    private static Vip vip(final SharedMemory services, final int index) {
        final long slot = ServiceDescriptor.slotOffset(index);
        return new Vip(
                Address.load(services, slot + ServiceDescriptor.VIP_OFFSET),
                services.getByte(slot + ServiceDescriptor.HOST_BITS_OFFSET) & 0xff);
    }

    private static ServiceKey key(final SharedMemory services, final int index) {
        final long slot = ServiceDescriptor.slotOffset(index);
        final int protocol = services.getByte(slot + ServiceDescriptor.PROTOCOL_OFFSET) & 0xff;
        return new ServiceKey(
                vip(services, index),
                (protocol & ServiceDescriptor.RANGED) == 0
                        ? Ports.of(port(services.getShort(slot + ServiceDescriptor.PORT_BE_OFFSET)))
                        : new Ports(
                                services.getShort(slot + ServiceDescriptor.PORT_FIRST_OFFSET) & 0xffff,
                                services.getShort(slot + ServiceDescriptor.PORT_LAST_OFFSET) & 0xffff),
                Protocol.ofNumber(protocol & ~(ServiceDescriptor.RANGED | ServiceDescriptor.PREFIXED)));
    }

    /** The number of a range among those of VIP and protocol; for a service with one port it means nothing. */
    static int rangeNumber(final LbMemory memory, final int index) {
        return memory.services().getShort(ServiceDescriptor.slotOffset(index) + ServiceDescriptor.PORT_BE_OFFSET)
                & 0xffff;
    }

    private static ServiceEntry service(final LbMemory memory, final int index, final List<BackendEntry> backends) {
        final SharedMemory services = memory.services();
        final long slot = ServiceDescriptor.slotOffset(index);
        try {
            return new ServiceEntry(
                    index,
                    key(services, index),
                    Forwarding.ofCode(services.getByte(slot + ServiceDescriptor.FORWARDING_OFFSET) & 0xff),
                    HashInput.ofCode(
                            services.getInt(slot + ServiceDescriptor.FLAGS_OFFSET) & ServiceDescriptor.HASH_MASK),
                    Algorithm.ofCode(services.getByte(slot + ServiceDescriptor.ALGORITHM_OFFSET) & 0xff),
                    AffinitySpec.of(
                            services.getShort(slot + ServiceDescriptor.AFFINITY_SECONDS_OFFSET) & 0xffff,
                            services.getInt(slot + ServiceDescriptor.FLAGS_OFFSET) >>> ServiceDescriptor.AFFINITY_SHIFT
                                    & ServiceDescriptor.AFFINITY_MASK),
                    new MssLimit(services.getShort(slot + ServiceDescriptor.MSS_LIMIT_OFFSET) & 0xffff),
                    (services.getInt(slot + ServiceDescriptor.FLAGS_OFFSET) & ServiceDescriptor.RESETS) != 0,
                    TrackingSpec.ofFlags(services.getInt(slot + ServiceDescriptor.FLAGS_OFFSET)),
                    services.getInt(slot + ServiceDescriptor.MAGLEV_SIZE_OFFSET),
                    services.getInt(slot + ServiceDescriptor.MAGLEV_A_INDEX_OFFSET),
                    services.getInt(slot + ServiceDescriptor.MAGLEV_B_INDEX_OFFSET),
                    services.getIntAcquire(slot + ServiceDescriptor.MAGLEV_ACTIVE_OFFSET),
                    services.getShort(slot + ServiceDescriptor.BACKEND_COUNT_OFFSET) & 0xffff,
                    List.copyOf(backends));
        } catch (final IllegalArgumentException cause) {
            throw new IllegalStateException("service slot " + index + ": " + cause.getMessage(), cause);
        }
    }

    private static BackendEntry backend(final SharedMemory backends, final int index, final int state) {
        if (state != BackendDescriptor.STATE_UP && state != BackendDescriptor.STATE_RETIRED) {
            throw new IllegalStateException("backend record " + index + " has state " + state);
        }
        final long record = BackendDescriptor.recordOffset(index);
        return new BackendEntry(
                index,
                backends.getShort(record + BackendDescriptor.SERVICE_INDEX_OFFSET) & 0xffff,
                new Endpoint(
                        Address.load(backends, record + BackendDescriptor.ADDRESS_OFFSET),
                        port(backends.getShort(record + BackendDescriptor.PORT_BE_OFFSET))),
                backends.getShort(record + BackendDescriptor.WEIGHT_OFFSET) & 0xffff,
                backends.getShort(record + BackendDescriptor.WITHHELD_OFFSET) & 0xffff,
                backends.getShort(record + BackendDescriptor.NEXT_HOP_INDEX_OFFSET) & 0xffff,
                state == BackendDescriptor.STATE_RETIRED);
    }

    private static int port(final short portBe) {
        return Short.reverseBytes(portBe) & 0xffff;
    }
}
