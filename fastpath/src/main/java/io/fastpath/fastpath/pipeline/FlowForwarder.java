package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.TrackVerdict;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * Packets of a known connection. The order is: what can stop the packet (time to live, way out), then the connection's
 * state, then the packet's bytes; so a packet that is dropped has changed nothing. One thread.
 */
final class FlowForwarder {
    /** Answer of {@link #forward}: the connection ended meanwhile, and the packet is as it was. */
    static final int GONE = 0;

    /** A packet with less to live than this can't be sent on. */
    static final int TTL_MIN = 2;

    /** Instead of a drop code: the connection ended meanwhile. */
    private static final int ENDED = -1;

    private final SharedMemory frames;
    private final FlowTable flows;
    private final FlowFields fields;
    private final Selector selector;
    private final SharedMemory config;
    private final NextHopTable hops;
    private final InterfaceTable interfaces;
    private final NextHopResolver resolver;
    private final BackendHops backendHops;
    private final Egress egress;
    private final MssClamp mss;
    private final DirectForwarder direct;
    private final SegmentTracker segments;
    private final Datagrams datagrams;
    private final HandshakeProxy proxy;
    private final Translation to = new Translation();

    FlowForwarder(final PipelineContext context, final BackendHops backendHops, final Egress egress) {
        this.frames = context.frames();
        this.flows = context.flowTable();
        this.fields = flows.fields();
        this.selector = context.selector();
        this.config = context.configMemory();
        this.hops = context.nextHopTable();
        this.interfaces = context.interfaceTable();
        this.resolver = context.resolver();
        this.backendHops = backendHops;
        this.egress = egress;
        this.datagrams = new Datagrams(context.fragmentTable());
        this.mss = new MssClamp(context);
        this.segments = new SegmentTracker(context);
        this.direct = new DirectForwarder(context, backendHops, egress, datagrams, mss, segments, to);
        this.proxy = new HandshakeProxy(context);
    }

    /**
     * Ends a packet of a connection.
     *
     * @param handle of the packet's direction
     * @param isTracked whether the connection was told of the packet already, by being opened
     * @return the verdict's code, or {@link #GONE}
     */
    int forward(final PacketBatch batch, final int i, final long handle, final boolean isTracked, final long nowNs) {
        final boolean isReverse = FlowHandle.isReverse(handle);
        if (FlowHandle.isDirect(handle) && !isReverse) {
            to.itself(batch, i);
            return direct.forward(batch, i, handle, isTracked, nowNs);
        }
        if (batch.timeToLive(i) < TTL_MIN) {
            return drop(batch, i, Verdict.DROP_TTL_EXPIRED);
        }
        final int flow = FlowHandle.slotIndex(handle);
        final int backendIndex = fields.backendIndex(flow);
        if (isReverse) {
            toClient(flow);
        } else {
            toBackend(flow, backendIndex);
        }
        final boolean isAcross = FamilyTranslator.isAcross(batch, i, to);
        final int misfit = isAcross ? FamilyTranslator.refusal(batch, i) : 0;
        final int surplus = isAcross ? FamilyTranslator.surplus(batch, i) : 0;
        int hopIndex = isReverse ? fields.nextHopIndex(flow) : backendHops.stored(backendIndex);
        final int slot;
        if (misfit != 0) {
            slot = ~misfit;
        } else if (egress.isUsable(hopIndex)) {
            slot = egress.plan(batch, i, hopIndex, surplus);
        } else {
            hopIndex = isReverse ? clientHop(handle, flow, nowNs) : backendHops.current(backendIndex, nowNs);
            slot = egress.planResolved(batch, i, hopIndex, nowNs, surplus);
        }
        if (!flows.stillValid(handle)) {
            return GONE;
        }
        if (slot < 0) {
            return drop(batch, i, ~slot);
        }
        final int stopped = FlowHandle.isProxied(handle)
                ? proxy.track(batch, i, handle, isTracked, nowNs)
                : isTracked ? 0 : code(segments.track(batch, i, handle, nowNs));
        if (stopped != 0) {
            return stopped == ENDED ? GONE : drop(batch, i, stopped);
        }
        final int refusal = FragmentWord.isFragment(batch.fragment(i)) ? datagrams.enter(batch, i, handle, nowNs) : 0;
        if (refusal != 0) {
            return drop(batch, i, refusal);
        }
        if ((batch.tcpFlags(i) & TcpFlags.SYN) != 0) {
            mss.apply(batch, i, handle, hopIndex);
        }
        if (isAcross) {
            final boolean recompute = isRecomputed(interfaces, batch, i);
            FamilyTranslator.rewrite(frames, batch, i, to, recompute, hops, hopIndex);
        } else {
            rewrite(batch, i, hopIndex);
        }
        final int forwarded = isReverse ? Verdict.FORWARDED_REPLY : Verdict.FORWARDED_REQUEST;
        batch.forwarded(i, forwarded, slot, backendIndex);
        return forwarded;
    }

    /** What the packet that was last sent to a backend became: the reply's tuple, turned round. */
    Translation lastTranslation() {
        return to;
    }

    /** Connections that a cookie opened. */
    HandshakeProxy proxy() {
        return proxy;
    }

    /** Who tells connections of their packets. */
    SegmentTracker segments() {
        return segments;
    }

    /** Requests in the modes in which the backend answers the client itself. */
    DirectForwarder direct() {
        return direct;
    }

    /**
     * Whether the sender may have left the checksum to offload. Nobody leaves a fragment's: a checksum over several frames
     * is computed before they are cut (Linux: skb_checksum_help in ip_do_fragment), and here it could not be computed.
     */
    static boolean isRecomputed(final InterfaceTable interfaces, final PacketBatch batch, final int i) {
        return interfaces.isRecomputed(batch.ingressSlot(i)) && !FragmentWord.isFragment(batch.fragment(i));
    }

    static boolean isIpv4(final PacketBatch batch, final int i) {
        final int kind = batch.kind(i);
        return kind == PacketKind.TRANSPORT_IPV4 || kind == PacketKind.FRAGMENT_IPV4 || kind == PacketKind.ICMP;
    }

    int clientHop(final long handle, final int flow, final long nowNs) {
        final int stored = fields.nextHopIndex(flow);
        if (egress.isCurrent(stored)) {
            return stored;
        }
        final int index = resolver.resolveClient(fields.client0(flow), fields.client1(flow), stored, nowNs);
        if (index > NextHopTable.NOT_RESOLVED) {
            flows.nextHopIndex(handle, index);
        }
        return index;
    }

    void toClient(final int flow) {
        to.source0 = fields.vip0(flow);
        to.source1 = fields.vip1(flow);
        to.destination0 = fields.client0(flow);
        to.destination1 = fields.client1(flow);
        to.ports = fields.vipPortBe(flow) | fields.clientPortBe(flow) << Short.SIZE;
    }

    void toBackend(final int flow, final int backendIndex) {
        final int snatIndex = fields.snatIndex(flow);
        int sourcePortBe = fields.clientPortBe(flow);
        if (snatIndex >= ConfigDescriptor.SNAT_LIMIT) { // none, or a slot that has changed hands under a stale handle
            to.source0 = fields.client0(flow);
            to.source1 = fields.client1(flow);
        } else {
            final long snat = ConfigRecord.snatOffset(snatIndex);
            to.source0 = config.getLong(snat);
            to.source1 = config.getLong(snat + AddressDescriptor.WORD1_OFFSET);
            sourcePortBe = fields.snatPortBe(flow);
        }
        to.destination0 = selector.backendAddress0(backendIndex);
        to.destination1 = selector.backendAddress1(backendIndex);
        to.ports = sourcePortBe | selector.backendPortBe(backendIndex, fields.vipPortBe(flow)) << Short.SIZE;
    }

    static int refuse(final PacketBatch batch, final int i, final int trackVerdict) {
        final int code = code(trackVerdict);
        return code == ENDED ? GONE : drop(batch, i, code);
    }

    /** What tracking comes to: 0, a drop code, or {@link #ENDED}. */
    static int code(final int trackVerdict) {
        return switch (trackVerdict) {
            case TrackVerdict.ACCEPTED -> 0;
            case TrackVerdict.BAD_FLAGS -> Verdict.DROP_TCP_FLAGS;
            case TrackVerdict.BAD_STATE -> Verdict.DROP_TCP_STATE;
            case TrackVerdict.OUTSIDE -> Verdict.DROP_TCP_WINDOW;
            case TrackVerdict.BUSY -> Verdict.DROP_FLOW_BUSY;
            default -> ENDED;
        };
    }

    private void rewrite(final PacketBatch batch, final int i, final int hopIndex) {
        final boolean recompute = isRecomputed(interfaces, batch, i);
        if (isIpv4(batch, i)) {
            PacketRewriter.rewriteIpv4(frames, batch, i, to, recompute);
            LinkHeader.write(frames, batch, i, hops, hopIndex, Ethernet.TYPE_IPV4_BE);
        } else {
            PacketRewriter.rewriteIpv6(frames, batch, i, to, recompute);
            LinkHeader.write(frames, batch, i, hops, hopIndex, Ethernet.TYPE_IPV6_BE);
        }
    }

    static int drop(final PacketBatch batch, final int i, final int verdict) {
        batch.end(i, verdict, PacketBatch.NONE);
        return verdict;
    }
}
