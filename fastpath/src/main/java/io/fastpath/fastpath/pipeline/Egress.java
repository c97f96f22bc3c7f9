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
    private int takenMtu;

    Egress(final NextHopTable hops, final InterfaceTable interfaces, final NextHopResolver resolver) {
        this.hops = hops;
        this.interfaces = interfaces;
        this.resolver = resolver;
    }

    /** Whether packets can be sent to a stored hop without asking further. */
    boolean isUsable(final int hopIndex) {
        return NextHopTable.isUsable(hops.state(hopIndex));
    }

    /** Whether a stored hop is to be resolved anew. */
    boolean isCurrent(final int hopIndex) {
        return NextHopTable.isCurrent(hops.state(hopIndex));
    }

    /**
     * Plans a packet's way out over a hop that is usable.
     *
     * @return the egress interface's slot, or the complement of a drop code
     */
    int plan(final PacketBatch batch, final int i, final int hopIndex) {
        return plan(batch, i, hopIndex, 0);
    }

    /** The same for a packet that will be longer by some bytes, or shorter. */
    int plan(final PacketBatch batch, final int i, final int hopIndex, final int surplus) {
        final int slot = interfaces.find(hops.ifindex(hopIndex));
        if (slot == InterfaceTable.NOT_FOUND) {
            return ~Verdict.DROP_NO_EGRESS;
        }
        final long headroom = batch.networkOffset(i) - batch.frameOffset(i);
        if (batch.ipLength(i) + surplus > hops.mtu(hopIndex)
                || LinkHeader.length(batch, i, hops, hopIndex) + surplus > headroom) {
            return tooBig(hops.mtu(hopIndex) - surplus);
        }
        return slot;
    }

    /**
     * Plans a packet's way out over whatever the resolver answered.
     *
     * @param hopIndex a current hop, or one of the resolver's failures
     * @return as {@link #plan}
     */
    int planResolved(final PacketBatch batch, final int i, final int hopIndex, final long nowNs) {
        return planResolved(batch, i, hopIndex, nowNs, 0);
    }

    /** The same for a packet that will be longer by some bytes, or shorter. */
    int planResolved(final PacketBatch batch, final int i, final int hopIndex, final long nowNs, final int surplus) {
        if (hopIndex <= NextHopTable.NOT_RESOLVED) {
            return ~failure(hopIndex);
        }
        if (!isUsable(hopIndex)) {
            resolver.ask(hopIndex, nowNs);
            return ~Verdict.DROP_NO_NEXT_HOP;
        }
        return plan(batch, i, hopIndex, surplus);
    }

    /**
     * Refuses a packet for its size.
     *
     * @param mtu largest packet that its way takes
     * @return the complement of the drop code
     */
    int tooBig(final int mtu) {
        takenMtu = mtu;
        return ~Verdict.DROP_MTU;
    }

    /** Largest packet that the way takes for which the last one was too big. */
    int takenMtu() {
        return takenMtu;
    }

    private static int failure(final int resolverFailure) {
        return switch (resolverFailure) {
            case NextHopResolver.NOT_SERVED -> Verdict.DROP_NO_EGRESS;
            case NextHopResolver.FULL -> Verdict.DROP_NEXT_HOPS_FULL;
            default -> Verdict.DROP_NO_NEXT_HOP;
        };
    }
}
