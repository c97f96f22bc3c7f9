package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;

/**
 * Whether and where a packet can leave, asked before anything is changed for it: the hop has a MAC, its interface is
 * served, the packet fits, and its frame has room for the hop's header. One thread.
 */
final class Egress {
    private final NextHopTable hops;
    private final InterfaceTable interfaces;
    private final NextHopResolver resolver;

    Egress(final NextHopTable hops, final InterfaceTable interfaces, final NextHopResolver resolver) {
        this.hops = hops;
        this.interfaces = interfaces;
        this.resolver = resolver;
    }

    /**
     * Plans a packet's way out.
     *
     * @param hopIndex a hop, or one of the resolver's failures
     * @return the egress interface's slot, or the complement of a drop code
     */
    int plan(final PacketBatch batch, final int i, final int hopIndex, final long nowNs) {
        if (hopIndex <= NextHopTable.NOT_RESOLVED) {
            return ~(hopIndex == NextHopResolver.NOT_SERVED ? Verdict.DROP_NO_EGRESS : Verdict.DROP_NO_NEXT_HOP);
        }
        if (!NextHopTable.isUsable(hops.state(hopIndex))) {
            resolver.ask(hopIndex, nowNs);
            return ~Verdict.DROP_NO_NEXT_HOP;
        }
        final int slot = interfaces.find(hops.ifindex(hopIndex));
        if (slot == InterfaceTable.NOT_FOUND) {
            return ~Verdict.DROP_NO_EGRESS;
        }
        final int headroom = batch.networkOffset[i] - batch.frameOffset[i];
        if (batch.ipLength[i] > hops.mtu(hopIndex) || LinkHeader.length(hops.tagCount(hopIndex)) > headroom) {
            return ~Verdict.DROP_MTU;
        }
        return slot;
    }
}
