package io.fastpath.fastpath.nexthop;

import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Flows to clients, and host routes to them by one interface: a client without an entry is on the link; one whose gateway
 * is {@link #NOWHERE} has no route.
 */
final class RouteFixture implements RouteLookup {
    static final int IFINDEX = 3;
    static final String NOWHERE = "0.0.0.0";

    final NextHopFixture hops;
    final SharedMemory flows;
    final Map<Long, Address> gateways = new ConcurrentHashMap<>();
    final List<Integer> requests = new ArrayList<>();

    RouteFixture(final int hopCapacity, final int flowCount) {
        hops = new NextHopFixture(hopCapacity);
        flows = SharedMemory.allocate((long) flowCount * FlowDescriptor.LENGTH);
    }

    NextHopResolver resolver() {
        final InterfaceTable interfaces =
                new InterfaceTable(SharedMemory.allocate(InterfaceDescriptor.SLOTS * InterfaceDescriptor.LENGTH));
        interfaces.put(IFINDEX, 1, 0, MacWord.toNumber(NextHopFixture.SOURCE_MAC), NextHopFixture.MTU);
        return new NextHopResolver(hops.table, interfaces, this, requests::add);
    }

    void route(final String client, final String gateway) {
        gateways.put(Address.parse(client).word1(), Address.parse(gateway));
    }

    @Override
    public boolean lookup(final long destination0, final long destination1, final NextHopKey hop) {
        final Address gateway = gateways.get(destination1);
        if (gateway == null) {
            hop.set(IFINDEX, destination0, destination1);
            return true;
        }
        hop.set(IFINDEX, gateway.word0(), gateway.word1());
        return !gateway.equals(Address.parse(NOWHERE));
    }

    /** Enters the reverse slot of a connection. */
    void flow(final int slot, final String client, final int hopIndex) {
        final long offset = FlowDescriptor.slotOffset(slot);
        final Address address = Address.parse(client);
        flows.putLong(offset + FlowDescriptor.CLIENT_OFFSET, address.word0());
        flows.putLong(offset + FlowDescriptor.CLIENT_OFFSET + AddressDescriptor.WORD1_OFFSET, address.word1());
        flows.putShort(offset + FlowDescriptor.BACKEND_INDEX_OFFSET, (short) 77);
        flows.putShort(offset + FlowDescriptor.NEXT_HOP_INDEX_OFFSET, (short) hopIndex);
        state(slot, FlowState.TCP_ESTABLISHED);
    }

    void state(final int slot, final int state) {
        flows.putIntRelease(
                FlowDescriptor.slotOffset(slot) + FlowDescriptor.CONTROL_OFFSET,
                state | FlowDescriptor.KIND_REVERSE << FlowDescriptor.KIND_SHIFT);
    }

    int hopOf(final int slot) {
        return flows.getShort(FlowDescriptor.slotOffset(slot) + FlowDescriptor.NEXT_HOP_INDEX_OFFSET) & 0xffff;
    }

    /** Resolves a client as a packet from it does, and proves what came of it. */
    int resolve(final NextHopResolver resolver, final String client) {
        final Address address = Address.parse(client);
        return resolver.resolveClient(address.word0(), address.word1(), NextHopTable.NOT_RESOLVED, 1);
    }

    int currentCount() {
        final int[] count = new int[1];
        hops.maintenance.forEachCurrent(index -> count[0]++);
        return count[0];
    }
}
