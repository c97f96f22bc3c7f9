package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.TrackVerdict;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * Requests in the modes in which the backend answers the client itself. The packet is not translated: it is handed on to
 * the backend as it came, so that nothing but the backend's own address for the VIP is needed there.
 *
 * <p>{@code dsr-l2}: MAC addresses and tags only. That is what a switch does, so TTL and hop limit stay, and any will do;
 * a router between here and the backend would send the packet back, so the backend has to be the hop itself.
 *
 * <p>{@code dsr-ipip}, {@code dsr-gue}, {@code dsr-geneve}: outer headers ({@link Encapsulation}). The node is a router
 * then: the packet within has one hop less to live (RFC 2003, 3.1; RFC 2473, 3.1), and the two families may differ.
 *
 * <p>The order is that of {@link FlowForwarder}. One thread.
 */
final class DirectForwarder {
    private static final int DSR_L2 = Forwarding.DSR_L2.code();

    private final SharedMemory frames;
    private final FlowTable flows;
    private final FlowFields fields;
    private final Selector selector;
    private final NextHopTable hops;
    private final InterfaceTable interfaces;
    private final BackendHops backendHops;
    private final Egress egress;
    private final MssClamp mss;
    private final Encapsulation encapsulation;
    private final Datagrams datagrams;
    private final SegmentTracker segments;
    private final Translation to;

    DirectForwarder(
            final PipelineContext context,
            final BackendHops backendHops,
            final Egress egress,
            final Datagrams datagrams,
            final MssClamp mss,
            final SegmentTracker segments,
            final Translation to) {
        this.segments = segments;
        this.frames = context.frames();
        this.flows = context.flowTable();
        this.fields = flows.fields();
        this.selector = context.selector();
        this.hops = context.nextHopTable();
        this.interfaces = context.interfaceTable();
        this.backendHops = backendHops;
        this.egress = egress;
        this.mss = mss;
        this.encapsulation = new Encapsulation(frames, context.configMemory());
        this.datagrams = datagrams;
        this.to = to;
    }

    /** Whether a packet has too little to live for a mode. */
    static boolean isAtItsEnd(final PacketBatch batch, final int i, final int forwardingCode) {
        return batch.timeToLive(i) < FlowForwarder.TTL_MIN && forwardingCode != DSR_L2;
    }

    /** Ends a request of a connection; as {@link FlowForwarder#forward}. */
    int forward(final PacketBatch batch, final int i, final long handle, final boolean isTracked, final long nowNs) {
        final int forwardingCode = FlowHandle.forwardingCode(handle);
        if (isAtItsEnd(batch, i, forwardingCode)) {
            return FlowForwarder.drop(batch, i, Verdict.DROP_TTL_EXPIRED);
        }
        final int backendIndex = fields.backendIndex(FlowHandle.slotIndex(handle));
        int hopIndex = backendHops.stored(backendIndex);
        int slot;
        if (egress.isUsable(hopIndex)) {
            slot = egress.plan(batch, i, hopIndex);
        } else {
            hopIndex = backendHops.current(backendIndex, nowNs);
            slot = egress.planResolved(batch, i, hopIndex, nowNs);
        }
        slot = planned(batch, i, forwardingCode, slot, hopIndex, backendIndex);
        if (!flows.stillValid(handle)) {
            return FlowForwarder.GONE;
        }
        if (slot < 0) {
            return FlowForwarder.drop(batch, i, ~slot);
        }
        final int verdict = isTracked ? TrackVerdict.ACCEPTED : segments.track(batch, i, handle, nowNs);
        if (verdict != TrackVerdict.ACCEPTED) {
            return FlowForwarder.refuse(batch, i, verdict);
        }
        final int refusal = FragmentWord.isFragment(batch.fragment(i)) ? datagrams.enter(batch, i, handle, nowNs) : 0;
        if (refusal != 0) {
            return FlowForwarder.drop(batch, i, refusal);
        }
        if ((batch.tcpFlags(i) & TcpFlags.SYN) != 0) {
            mss.apply(batch, i, handle, hopIndex);
        }
        if (forwardingCode == DSR_L2) {
            relink(batch, i, hopIndex);
        } else {
            encapsulate(batch, i, forwardingCode, hopIndex, backendIndex, batch.ports(i), batch.protocol(i));
        }
        batch.forwarded(i, Verdict.FORWARDED_REQUEST, slot, backendIndex);
        return Verdict.FORWARDED_REQUEST;
    }

    /**
     * Sends a later fragment of a request on, whose ports and protocol only its flow knows.
     *
     * @param found its datagram, as the fragment table answered
     * @return 0 if it has its verdict, else a drop code
     */
    int forwardFragment(final PacketBatch batch, final int i, final long found, final long handle, final long nowNs) {
        final int forwardingCode = FlowHandle.forwardingCode(handle);
        if (isAtItsEnd(batch, i, forwardingCode)) {
            return Verdict.DROP_TTL_EXPIRED;
        }
        final int flow = FlowHandle.slotIndex(handle);
        final int backendIndex = fields.backendIndex(flow);
        final int ports = fields.clientPortBe(flow) | fields.vipPortBe(flow) << Short.SIZE;
        final int protocol = fields.protocol(flow);
        int hopIndex = backendHops.stored(backendIndex);
        int slot;
        if (egress.isUsable(hopIndex)) {
            slot = egress.plan(batch, i, hopIndex);
        } else {
            hopIndex = backendHops.current(backendIndex, nowNs);
            slot = egress.planResolved(batch, i, hopIndex, nowNs);
        }
        slot = planned(batch, i, forwardingCode, slot, hopIndex, backendIndex);
        if (!flows.stillValid(handle)) {
            return Verdict.DROP_FRAGMENT_ORPHAN;
        }
        final int refusal = slot < 0 ? ~slot : datagrams.accept(batch, i, found);
        if (refusal != 0) {
            return refusal;
        }
        if (forwardingCode == DSR_L2) {
            relink(batch, i, hopIndex);
        } else {
            to.itself(batch, i);
            encapsulate(batch, i, forwardingCode, hopIndex, backendIndex, ports, protocol);
        }
        batch.forwarded(i, Verdict.FORWARDED_REQUEST, slot, backendIndex);
        return 0;
    }

    /**
     * A planned way to a backend, looked at once more for the mode.
     *
     * @param slot as {@link Egress#plan} answered
     * @return the same, or the complement of another drop code
     */
    int planned(
            final PacketBatch batch,
            final int i,
            final int forwardingCode,
            final int slot,
            final int hopIndex,
            final int backendIndex) {
        if (slot < 0 && (slot != ~Verdict.DROP_MTU || forwardingCode == DSR_L2)) {
            return slot;
        }
        final long backend0 = selector.backendAddress0(backendIndex);
        final long backend1 = selector.backendAddress1(backendIndex);
        if (forwardingCode == DSR_L2) {
            final boolean isOnLink = hops.gateway0(hopIndex) == backend0 && hops.gateway1(hopIndex) == backend1;
            return isOnLink ? slot : ~Verdict.DROP_NOT_ON_LINK;
        }
        final int outer = Encapsulation.outerLength(
                forwardingCode, AddressDescriptor.isIpv4(backend0, backend1), FlowForwarder.isIpv4(batch, i));
        final long headroom = batch.networkOffset(i) - batch.frameOffset(i);
        final boolean fits = batch.ipLength(i) + outer <= hops.mtu(hopIndex)
                && LinkHeader.length(batch, i, hops, hopIndex) + outer <= headroom;
        return fits && slot >= 0 ? slot : egress.tooBig(hops.mtu(hopIndex) - outer);
    }

    private boolean isRecomputed(final PacketBatch batch, final int i) {
        return FlowForwarder.isRecomputed(interfaces, batch, i);
    }

    private void encapsulate(
            final PacketBatch batch,
            final int i,
            final int forwardingCode,
            final int hopIndex,
            final int backendIndex,
            final int ports,
            final int protocol) {
        if (!PacketKind.isTransport(batch.kind(i))) {
            readdress(batch, i);
        } else if (FlowForwarder.isIpv4(batch, i)) {
            PacketRewriter.rewriteIpv4(frames, batch, i, to, isRecomputed(batch, i));
        } else {
            PacketRewriter.rewriteIpv6(frames, batch, i, to, isRecomputed(batch, i));
        }
        final int hash = flows.hash(
                batch.source0(i), batch.source1(i), batch.destination0(i), batch.destination1(i), ports, protocol);
        intoTunnel(batch, i, forwardingCode, hopIndex, backendIndex, hash, ports >>> Short.SIZE);
    }

    /**
     * Puts a packet that is finished otherwise into its backend's tunnel.
     *
     * @param hash of its connection's requests
     * @param vipPortBe the port that the client speaks to
     */
    void intoTunnel(
            final PacketBatch batch,
            final int i,
            final int forwardingCode,
            final int hopIndex,
            final int backendIndex,
            final int hash,
            final int vipPortBe) {
        encapsulation.write(
                batch,
                i,
                hops,
                hopIndex,
                forwardingCode,
                selector.backendAddress0(backendIndex),
                selector.backendAddress1(backendIndex),
                hash,
                vipPortBe);
    }

    /** One hop less to live, and nothing else. */
    private void readdress(final PacketBatch batch, final int i) {
        if (FlowForwarder.isIpv4(batch, i)) {
            PacketRewriter.readdressIpv4(frames, batch, i, to);
        } else {
            PacketRewriter.readdressIpv6(frames, batch, i, to);
        }
    }

    private void relink(final PacketBatch batch, final int i, final int hopIndex) {
        if (isRecomputed(batch, i)) {
            PacketRewriter.recomputeTransport(frames, batch, i, batch.addressSum(i));
        }
        final int type = FlowForwarder.isIpv4(batch, i) ? Ethernet.TYPE_IPV4_BE : Ethernet.TYPE_IPV6_BE;
        LinkHeader.write(frames, batch, i, hops, hopIndex, type);
    }
}
