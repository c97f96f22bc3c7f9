package io.fastpath.fastpath.nexthop;

import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.fastpath.wire.Vlan;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;

/**
 * A worker's way from a destination address to a next hop: route, interface, table. It is gone once per flow and
 * backend, and again when routes change. One thread; nothing allocates.
 */
public final class NextHopResolver {
    /** There is no route. */
    public static final int NO_ROUTE = NextHopTable.NOT_RESOLVED;

    /** The route leaves by an interface that the instance does not serve. */
    public static final int NOT_SERVED = -1;

    /** There is a route, but no record left in the next-hop table for where it leads. */
    public static final int FULL = -2;

    /** A worker asks for the same hop this often at most. The kernel itself tries once a second. */
    public static final long ASK_INTERVAL_NS = 100_000_000L;

    private final NextHopTable table;
    private final InterfaceTable interfaces;
    private final RouteLookup routes;
    private final NextHopRequests requests;
    private final NextHopKey key = new NextHopKey();
    private final long[] nextAskNs;

    /**
     * A resolver.
     *
     * @param table of next hops
     * @param interfaces that the instance serves
     * @param routes of the kernel
     * @param requests where missing MACs are asked for
     */
    public NextHopResolver(
            final NextHopTable table,
            final InterfaceTable interfaces,
            final RouteLookup routes,
            final NextHopRequests requests) {
        this.table = table;
        this.interfaces = interfaces;
        this.routes = routes;
        this.requests = requests;
        this.nextAskNs = new long[table.capacity()];
    }

    /**
     * Resolves a backend by its route.
     *
     * @param destination0 word 0 of the address
     * @param destination1 word 1 of the address
     * @param oldIndex the index that was stored for it, in any state, or {@link NextHopTable#NOT_RESOLVED}: its MAC is
     *     carried over where the new hop is the same neighbour, until the kernel has proved it
     * @param nowNs CLOCK_MONOTONIC
     * @return the index of a current hop, {@link #NO_ROUTE}, {@link #NOT_SERVED} or {@link #FULL}
     */
    public int resolve(final long destination0, final long destination1, final int oldIndex, final long nowNs) {
        if (!routes.lookup(destination0, destination1, key)) {
            return NO_ROUTE;
        }
        return succeed(oldIndex, claim(false), nowNs);
    }

    /**
     * Resolves a client by its route, in place of an index that no longer holds. What the old hop knew and the kernel
     * can't tell is carried over where the new one leads by the same interface: learned tags, and the MAC if it is the
     * same neighbour, until the kernel has proved it.
     *
     * @param client0 word 0 of the address
     * @param client1 word 1 of the address
     * @param oldIndex the stored index, in any state, or {@link NextHopTable#NOT_RESOLVED}
     * @param nowNs CLOCK_MONOTONIC
     * @return the index of a current hop, {@link #NO_ROUTE}, {@link #NOT_SERVED} or {@link #FULL}
     */
    public int resolveClient(final long client0, final long client1, final int oldIndex, final long nowNs) {
        return routes.lookup(client0, client1, key) ? claimForClient(client0, client1, oldIndex, nowNs) : NO_ROUTE;
    }

    /**
     * Where a client's packets go now: the stored hop if it is current and still on the client's route, otherwise as
     * {@link #resolveClient}. Costs a route look-up and no record where nothing moved.
     *
     * @param client0 word 0 of the address
     * @param client1 word 1 of the address
     * @param storedIndex of the hop that packets went to so far
     * @param nowNs CLOCK_MONOTONIC
     * @return the stored index, another one, {@link #NO_ROUTE}, {@link #NOT_SERVED} or {@link #FULL}
     */
    public int follow(final long client0, final long client1, final int storedIndex, final long nowNs) {
        if (!routes.lookup(client0, client1, key)) {
            return NO_ROUTE;
        }
        if (NextHopTable.isCurrent(table.state(storedIndex)) && table.isOnRoute(storedIndex, key)) {
            return storedIndex;
        }
        return claimForClient(client0, client1, storedIndex, nowNs);
    }

    /**
     * Resolves the way back to whoever sent a frame. Where the route leaves by the interface that the frame came in by,
     * the frame tells what the route doesn't: VLAN tags for which the kernel has no device, and, until the kernel has
     * resolved it, the neighbour's MAC.
     *
     * @param source0 word 0 of the packet's source
     * @param source1 word 1 of the packet's source
     * @param ingressIfindex where the frame came in
     * @param tagCount of the frame, from 0 to 2
     * @param outerTag as it stands in memory
     * @param innerTag as it stands in memory
     * @param macMemory the frame's source MAC, as it stands in memory
     * @param nowNs CLOCK_MONOTONIC
     * @return the index of a current hop, {@link #NO_ROUTE}, {@link #NOT_SERVED} or {@link #FULL}
     */
    public int resolveSender(
            final long source0,
            final long source1,
            final int ingressIfindex,
            final int tagCount,
            final int outerTag,
            final int innerTag,
            final long macMemory,
            final long nowNs) {
        if (!routes.lookup(source0, source1, key)) {
            return NO_ROUTE;
        }
        final boolean sameInterface = key.ifindex() == ingressIfindex;
        boolean isChosenBySender = isOnLink(source0, source1);
        if (sameInterface && key.tagCount() == 0 && !Vlan.isPriorityTag(tagCount, outerTag)) {
            key.tags(tagCount, Vlan.withoutPriority(outerTag), Vlan.withoutPriority(innerTag));
            isChosenBySender |= tagCount > 0;
        }
        final int index = claim(isChosenBySender);
        if (index > NO_ROUTE && sameInterface && table.learn(index, macMemory)) {
            ask(index, nowNs);
        }
        return index;
    }

    /**
     * Takes the MAC of a neighbour that spoke for the hops over it whose MAC the kernel has not told.
     *
     * @param ifindex where it spoke
     * @param address0 word 0 of its address
     * @param address1 word 1 of its address
     * @param tagCount of the frame, from 0 to 2
     * @param outerTag as it stands in memory
     * @param innerTag as it stands in memory
     * @param macMemory its MAC, as it stands in memory
     */
    public void heardOf(
            final int ifindex,
            final long address0,
            final long address1,
            final int tagCount,
            final int outerTag,
            final int innerTag,
            final long macMemory) {
        key.set(ifindex, address0, address1);
        if (!Vlan.isPriorityTag(tagCount, outerTag)) {
            key.tags(tagCount, Vlan.withoutPriority(outerTag), Vlan.withoutPriority(innerTag));
        }
        table.learn(table.find(key), macMemory);
        table.learn(table.findOfClient(key), macMemory);
    }

    /**
     * Asks the control thread for a hop's MAC, at most once per {@link #ASK_INTERVAL_NS} and hop.
     *
     * @param index of the hop
     * @param nowNs CLOCK_MONOTONIC
     */
    public void ask(final int index, final long nowNs) {
        if (nowNs - nextAskNs[index] >= 0) {
            nextAskNs[index] = nowNs + ASK_INTERVAL_NS;
            requests.request(index);
        }
    }

    /** The key holds the client's route. */
    private int claimForClient(final long client0, final long client1, final int oldIndex, final long nowNs) {
        boolean isChosenBySender = isOnLink(client0, client1);
        if (key.tagCount() == 0
                && table.state(oldIndex) != NextHopDescriptor.STATE_FREE
                && table.ifindex(oldIndex) == key.ifindex()) {
            key.tags(table.tagCount(oldIndex), table.outerTag(oldIndex), table.innerTag(oldIndex));
            isChosenBySender |= key.tagCount() > 0;
        }
        return succeed(oldIndex, claim(isChosenBySender), nowNs);
    }

    private boolean isOnLink(final long destination0, final long destination1) {
        return key.gateway0() == destination0 && key.gateway1() == destination1;
    }

    /** A fresh record takes the MAC of the one that it replaces, so that nothing waits for the kernel. */
    private int succeed(final int oldIndex, final int index, final long nowNs) {
        if (index > NO_ROUTE
                && table.state(oldIndex) == NextHopDescriptor.STATE_STALE
                && table.hasKey(oldIndex, key)
                && table.state(index) == NextHopDescriptor.STATE_INCOMPLETE
                && table.learn(index, MacWord.of(table.macWord(oldIndex)))) {
            ask(index, nowNs);
        }
        return index;
    }

    private int claim(final boolean isChosenBySender) {
        final int slot = interfaces.find(key.ifindex());
        if (slot == InterfaceTable.NOT_FOUND) {
            return NOT_SERVED;
        }
        final long mac = interfaces.macMemory(slot);
        final int mtu = interfaces.mtu(slot);
        final int index =
                isChosenBySender ? table.findOrClaimOfClient(key, mac, mtu) : table.findOrClaim(key, mac, mtu);
        return index == NextHopTable.NOT_RESOLVED ? FULL : index;
    }
}
