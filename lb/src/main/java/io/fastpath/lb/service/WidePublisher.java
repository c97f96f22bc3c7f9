package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Tells look-ups where to look for wide services: each VIP's entry which ranges of ports it has, and the control record
 * which prefix lengths there are, and whether there is anything of the kind at all. Worked out afresh from the tables for each
 * change, so that a writer that died half way is put right by the next. Published after services have appeared, and before
 * they go; each word is one store with release. Control thread only.
 */
final class WidePublisher {
    private final LbMemory memory;
    private final SharedMemory services;
    private final SharedMemory control;

    WidePublisher(final LbMemory memory) {
        this.memory = memory;
        services = memory.services();
        control = memory.control();
    }

    /**
     * Publishes what there is.
     *
     * @param leaving keys of services that are about to go
     */
    void publish(final Collection<ServiceKey> leaving) {
        final Map<Vip, int[]> ranges = new HashMap<>();
        final TreeSet<Integer> ipv4 = new TreeSet<>();
        final TreeSet<Integer> ipv6 = new TreeSet<>();
        for (final ServiceEntry entry : TableReader.services(memory)) {
            final ServiceKey key = entry.key();
            if (leaving.contains(key)) {
                continue;
            }
            if (!key.virtual().isSingle()) {
                (key.vip().isIpv4() ? ipv4 : ipv6).add(key.virtual().hostBits());
            }
            if (!key.ports().isSingle()) {
                final int[] numbers = ranges.computeIfAbsent(key.virtual(), vip -> new int[2]);
                numbers[key.protocol() == Protocol.TCP ? 0 : 1] |= 1 << TableReader.rangeNumber(memory, entry.index());
            }
        }
        TableReader.vips(memory).forEach((vip, index) -> {
            final int[] numbers = ranges.getOrDefault(vip, new int[2]);
            final long slot = ServiceDescriptor.slotOffset(index);
            storeShort(slot + ServiceDescriptor.PORT_FIRST_OFFSET, numbers[0]);
            storeShort(slot + ServiceDescriptor.PORT_LAST_OFFSET, numbers[1]);
        });
        storeInt(ControlDescriptor.HOST_BITS_IPV4_OFFSET, lengths(ipv4));
        storeInt(ControlDescriptor.HOST_BITS_IPV6_OFFSET, lengths(ipv6));
        storeInt(
                ControlDescriptor.WIDE_OFFSET,
                (ranges.isEmpty() ? 0 : ControlDescriptor.WIDE_RANGES)
                        | (ipv4.isEmpty() && ipv6.isEmpty() ? 0 : ControlDescriptor.WIDE_PREFIXES));
    }

    /** Fewest host bits first. While services replace others there may be more lengths than fit: the longest prefixes count. */
    private static int lengths(final TreeSet<Integer> hostBits) {
        int word = 0;
        int shift = 0;
        for (final int bits : hostBits) {
            if (shift < ControlDescriptor.PREFIX_LENGTHS * Byte.SIZE) {
                word |= bits << shift;
            }
            shift += Byte.SIZE;
        }
        return word;
    }

    private void storeShort(final long offset, final int value) {
        if ((services.getShort(offset) & 0xffff) != value) {
            services.putShort(offset, (short) value);
        }
    }

    private void storeInt(final long offset, final int value) {
        if (control.getInt(offset) != value) {
            control.putIntRelease(offset, value);
        }
    }
}
