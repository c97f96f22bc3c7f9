package io.fastpath.fastpath.nexthop;

import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;

/** A next-hop table and keys for it. */
final class NextHopFixture {
    static final long SOURCE_MAC = 0x0300_0000_fc02L; // 02:fc:00:00:00:03 as it stands in memory
    static final long MAC_A = 0x0a0a_0a0a_0a02L;
    static final long MAC_B = 0x0b0b_0b0b_0b02L;
    static final int MTU = 1500;

    final SharedMemory memory;
    final NextHopTable table;
    final NextHopMaintenance maintenance;

    NextHopFixture(final int capacity) {
        memory = SharedMemory.allocate((long) capacity * NextHopDescriptor.LENGTH);
        table = new NextHopTable(memory, capacity);
        maintenance = new NextHopMaintenance(table);
    }

    static NextHopKey key(final int ifindex, final String gateway) {
        final Address address = Address.parse(gateway);
        return new NextHopKey().set(ifindex, address.word0(), address.word1());
    }

    static NextHopKey numbered(final int number) {
        return new NextHopKey().set(1 + number % 7, number, ~number);
    }

    int claim(final NextHopKey key) {
        return table.findOrClaim(key, SOURCE_MAC, MTU);
    }

    int state(final int index) {
        return table.state(index);
    }
}
