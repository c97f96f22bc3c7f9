package io.fastpath.lb.selection;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.Vip;

/**
 * Services for ranges of ports and for prefixes of addresses, looked for where no service has the very address and port,
 * and only where there are any. The longest prefix wins that has a service for the port; in it the very port wins over a
 * range, and a range over all ports. No allocation, no lock; any thread. C twin: {@code fp_lookup_wide.h}.
 */
final class WideServices {
    private static final int TCP = Protocol.TCP.number();
    private static final int BYTE_MASK = 0xff;
    private static final int SHORT_MASK = 0xffff;

    private final LbMemory memory;
    private final SharedMemory services;
    private final SharedMemory control;
    private final int serviceSlotCount;

    WideServices(final LbMemory memory) {
        this.memory = memory;
        services = memory.services();
        control = memory.control();
        serviceSlotCount = memory.serviceSlotCount();
    }

    /** The slot of the wide service, or of the prefix VIP where the protocol is 0. */
    int find(final long destination0, final long destination1, final int portBe, final int protocol) {
        if (control.getIntAcquire(ControlDescriptor.WIDE_OFFSET) == 0) {
            return Selector.NONE;
        }
        int slot = inPrefix(destination0, destination1, portBe, protocol, 0);
        int lengths = control.getIntAcquire(
                AddressDescriptor.isIpv4(destination0, destination1)
                        ? ControlDescriptor.HOST_BITS_IPV4_OFFSET
                        : ControlDescriptor.HOST_BITS_IPV6_OFFSET);
        while (slot == Selector.NONE && lengths != 0) {
            slot = inPrefix(destination0, destination1, portBe, protocol, lengths & BYTE_MASK);
            lengths >>>= Byte.SIZE;
        }
        return slot;
    }

    private int inPrefix(
            final long destination0,
            final long destination1,
            final int portBe,
            final int protocol,
            final int hostBits) {
        final long prefix0 = Vip.mask0(destination0, hostBits);
        final long prefix1 = Vip.mask1(destination1, hostBits);
        final int mark = hostBits == 0 ? 0 : ServiceDescriptor.PREFIXED;
        if (hostBits != 0) {
            final int slot = probe(prefix0, prefix1, portBe, mark | protocol, hostBits);
            if (slot != Selector.NONE) {
                return slot;
            }
        }
        if (protocol == 0) {
            return Selector.NONE;
        }
        final int vip = probe(prefix0, prefix1, 0, mark, hostBits);
        return vip == Selector.NONE ? vip : ranged(vip, prefix0, prefix1, portBe, mark, protocol, hostBits);
    }

    private int ranged(
            final int vip,
            final long prefix0,
            final long prefix1,
            final int portBe,
            final int mark,
            final int protocol,
            final int hostBits) {
        final int port = Short.reverseBytes((short) portBe) & SHORT_MASK;
        int taken = services.getShort(ServiceDescriptor.slotOffset(vip)
                        + (protocol == TCP ? ServiceDescriptor.PORT_FIRST_OFFSET : ServiceDescriptor.PORT_LAST_OFFSET))
                & SHORT_MASK;
        for (int number = 0; taken != 0; number++) {
            if ((taken & 1) != 0) {
                final int slot = probe(prefix0, prefix1, number, mark | ServiceDescriptor.RANGED | protocol, hostBits);
                if (slot != Selector.NONE && hasPort(slot, port)) {
                    return slot;
                }
            }
            taken >>>= 1;
        }
        return Selector.NONE;
    }

    private boolean hasPort(final int slot, final int port) {
        final long offset = ServiceDescriptor.slotOffset(slot);
        return (services.getShort(offset + ServiceDescriptor.PORT_FIRST_OFFSET) & SHORT_MASK) <= port
                && port <= (services.getShort(offset + ServiceDescriptor.PORT_LAST_OFFSET) & SHORT_MASK);
    }

    private int probe(
            final long address0, final long address1, final int portBe, final int protocol, final int hostBits) {
        int slot = memory.homeSlot(address0, address1, portBe, protocol, hostBits);
        for (int i = 0; i < ServiceDescriptor.PROBE_LIMIT; i++) {
            final long offset = ServiceDescriptor.slotOffset(slot);
            final int state = services.getIntAcquire(offset + ServiceDescriptor.STATE_OFFSET);
            if (state == ServiceDescriptor.STATE_FREE) {
                return Selector.NONE;
            }
            if (state == ServiceDescriptor.STATE_LIVE
                    && Selector.matches(services, offset, address0, address1, portBe | protocol << Short.SIZE)
                    && (services.getByte(offset + ServiceDescriptor.HOST_BITS_OFFSET) & BYTE_MASK) == hostBits) {
                return slot;
            }
            slot = slot + 1 == serviceSlotCount ? 0 : slot + 1;
        }
        return Selector.NONE;
    }
}
