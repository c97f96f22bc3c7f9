package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FragmentTable;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Later fragments: the way that their first one took, with its addresses. They have no ports and no checksum but the
 * IPv4 header's. The order is that of whole packets: what can stop it, then the datagram's state, then the bytes. Those
 * whose first one has not come wait for it, if there is room for any. One thread.
 */
final class FragmentForwarder {
    private final SharedMemory frames;
    private final FlowTable flows;
    private final FlowFields fields;
    private final NextHopTable hops;
    private final BackendHops backendHops;
    private final Egress egress;
    private final FlowForwarder forwarder;
    private final Datagrams datagrams;
    private final FragmentHold hold;

    FragmentForwarder(
            final PipelineContext context,
            final BackendHops backendHops,
            final Egress egress,
            final FlowForwarder forwarder) {
        this.frames = context.frames();
        this.flows = context.flowTable();
        this.fields = flows.fields();
        this.hops = context.nextHopTable();
        this.backendHops = backendHops;
        this.egress = egress;
        this.forwarder = forwarder;
        this.datagrams = new Datagrams(context.fragmentTable());
        this.hold = context.fragmentHold();
    }

    /**
     * Ends a later fragment, or lets it wait.
     *
     * @param mayWait whether it has not waited yet
     */
    void end(final PacketBatch batch, final int i, final boolean mayWait, final long nowNs) {
        batch.handle(i, FlowHandle.NOT_FOUND); // of a whole packet's look-up there was none
        final long found = datagrams.find(batch, i, nowNs);
        final long handle = found == FragmentTable.NOT_FOUND ? FlowHandle.NOT_FOUND : datagrams.flow(found);
        final int refusal;
        if (handle == FlowHandle.NOT_FOUND) {
            refusal = mayWait && hold.take(batch, i, nowNs) ? Verdict.FRAGMENT_HELD : Verdict.DROP_FRAGMENT_ORPHAN;
        } else {
            refusal = FlowHandle.isDirect(handle) && !FlowHandle.isReverse(handle)
                    ? forwarder.direct().forwardFragment(batch, i, found, handle, nowNs)
                    : forward(batch, i, found, handle, nowNs);
        }
        if (refusal != 0) {
            batch.end(i, refusal, PacketBatch.NONE);
        }
    }

    /** Sends a fragment on whose addresses change: 0 if it has its verdict, else a drop code. */
    private int forward(final PacketBatch batch, final int i, final long found, final long handle, final long nowNs) {
        if (batch.timeToLive(i) < FlowForwarder.TTL_MIN) {
            return Verdict.DROP_TTL_EXPIRED;
        }
        final boolean isReverse = FlowHandle.isReverse(handle);
        final int flow = FlowHandle.slotIndex(handle);
        final int backendIndex = fields.backendIndex(flow);
        int hopIndex = isReverse ? fields.nextHopIndex(flow) : backendHops.stored(backendIndex);
        final int slot;
        if (egress.isUsable(hopIndex)) {
            slot = egress.plan(batch, i, hopIndex);
        } else {
            hopIndex = isReverse ? forwarder.clientHop(handle, flow, nowNs) : backendHops.current(backendIndex, nowNs);
            slot = egress.planResolved(batch, i, hopIndex, nowNs);
        }
        if (isReverse) {
            forwarder.toClient(flow);
        } else {
            forwarder.toBackend(flow, backendIndex);
        }
        if (!flows.stillValid(handle)) {
            return Verdict.DROP_FRAGMENT_ORPHAN;
        }
        final int refusal = slot < 0 ? ~slot : datagrams.accept(batch, i, found);
        if (refusal != 0) {
            return refusal;
        }
        readdress(batch, i, hopIndex);
        batch.forwarded(i, isReverse ? Verdict.FORWARDED_REPLY : Verdict.FORWARDED_REQUEST, slot, backendIndex);
        return 0;
    }

    private void readdress(final PacketBatch batch, final int i, final int hopIndex) {
        if (FlowForwarder.isIpv4(batch, i)) {
            PacketRewriter.readdressIpv4(frames, batch, i, forwarder.lastTranslation());
            LinkHeader.write(frames, batch, i, hops, hopIndex, Ethernet.TYPE_IPV4_BE);
        } else {
            PacketRewriter.readdressIpv6(frames, batch, i, forwarder.lastTranslation());
            LinkHeader.write(frames, batch, i, hops, hopIndex, Ethernet.TYPE_IPV6_BE);
        }
    }
}
