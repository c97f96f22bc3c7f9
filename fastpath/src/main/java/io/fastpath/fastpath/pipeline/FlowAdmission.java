package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowOptions;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.selection.SourceLists;

/**
 * Packets of no known connection: whether they may open one, and to which backend. A connection is entered only when its
 * first packet can be sent. One thread.
 */
final class FlowAdmission {
    private static final int COOKIE_ACCEPTED = Counter.COOKIE_ACCEPTED.code();
    private static final int FULL_NAT = Forwarding.FULL_NAT.code();

    private final SharedMemory frames;
    private final FlowTable flows;
    private final Selector selector;
    private final InterfaceTable interfaces;
    private final NextHopResolver resolver;
    private final OpeningCheck opening;
    private final SourceLists sources;
    private final Affinity affinity;
    private final RateLimiter limiter;
    private final SynGuard guard;
    private final CounterRow counters;
    private final BackendHops backendHops;
    private final Egress egress;
    private final FlowForwarder forwarder;
    private final ResetResponder resets;
    private final FlowCounters flowCounters;
    private final OpenFlows openFlows;

    private long left; // of a SYN that leaves its backend: its connection, how often it came again, the backend
    private int synCount;
    private int avoidedIndex;
    private boolean isCounted; // the packet at hand opens a connection of a service with a limit

    FlowAdmission(
            final PipelineContext context,
            final BackendHops backendHops,
            final Egress egress,
            final FlowForwarder forwarder) {
        this.frames = context.frames();
        this.flows = context.flowTable();
        this.selector = context.selector();
        this.interfaces = context.interfaceTable();
        this.resolver = context.resolver();
        this.opening = new OpeningCheck(context);
        this.sources = context.sourceLists();
        this.affinity = context.affinity();
        this.limiter = context.rateLimiter();
        this.guard = new SynGuard(context);
        this.counters = context.counters();
        this.backendHops = backendHops;
        this.egress = egress;
        this.forwarder = forwarder;
        this.resets = new ResetResponder(context.frames(), context.interfaceTable());
        this.flowCounters = context.flowCounters();
        this.openFlows = context.openFlows();
    }

    /** Ends a packet that belongs to no connection. */
    void admit(final PacketBatch batch, final int i, final long nowNs) {
        end(batch, i, enter(batch, i, nowNs));
    }

    /**
     * Ends a SYN that leaves its backend for another.
     *
     * @param handle of its connection's forward slot
     * @param count how often it came again
     * @param backendIndex that it leaves
     * @return false if it stays: then nothing has changed
     */
    boolean readmit(
            final PacketBatch batch,
            final int i,
            final long handle,
            final int count,
            final int backendIndex,
            final long nowNs) {
        left = handle;
        synCount = count;
        avoidedIndex = backendIndex;
        final int refusal = enter(batch, i, nowNs);
        final boolean hasLeft = left == FlowHandle.NOT_FOUND;
        synCount = 0;
        if (hasLeft) {
            end(batch, i, refusal);
        }
        return hasLeft;
    }

    /** Opens a connection and sends the packet: 0 if the packet has its verdict, else a drop code. */
    private int enter(final PacketBatch batch, final int i, final long nowNs) {
        final int asked = selector.serviceIndex(
                batch.destination0(i), batch.destination1(i), batch.ports(i) >>> Short.SIZE, batch.protocol(i));
        int refusal = sourceRefusal(batch, i, asked);
        if (refusal != 0) {
            return refusal;
        }
        final int serviceIndex = sources.route(asked, batch.source0(i), batch.source1(i));
        refusal = serviceIndex == SourceLists.DENIED ? Verdict.DROP_NOT_ALLOWED : refusal(batch, i, serviceIndex);
        guard.begin();
        if (synCount == 0 && batch.protocol(i) == IpProtocol.TCP && SynGuard.mayBeGuarded(refusal)) {
            refusal = guard.judge(batch, i, serviceIndex, refusal, nowNs);
        }
        isCounted = refusal == 0 && openFlows.isLimited(serviceIndex);
        if (isCounted && synCount == 0) {
            refusal = openFlows.refusal(serviceIndex, batch.source0(i), batch.source1(i));
        }
        if (refusal == 0 && synCount == 0) {
            refusal = limiter.refusal(serviceIndex, batch.source0(i), batch.source1(i), nowNs);
        }
        return refusal == 0 ? open(batch, i, serviceIndex, nowNs) : refusal;
    }

    /** Ends a client's packet of a connection at its end, unless that is gone: then it has still to be admitted. */
    boolean hasRenewed(final PacketBatch batch, final int i, final long handle, final long nowNs) {
        final int serviceIndex = selector.serviceIndex(
                batch.destination0(i), batch.destination1(i), batch.ports(i) >>> Short.SIZE, batch.protocol(i));
        final int verdict = guard.renew(batch, i, serviceIndex, handle, nowNs);
        if (verdict == 0) {
            return forwarder.forward(batch, i, handle, false, nowNs) != FlowForwarder.GONE;
        }
        if (verdict != SynGuard.RENEWS) {
            end(batch, i, verdict);
        }
        return verdict != SynGuard.RENEWS;
    }

    private void end(final PacketBatch batch, final int i, final int verdict) {
        if (verdict == Verdict.ANSWERED_RESET) {
            resets.end(batch, i);
        } else if (verdict != 0) {
            batch.end(i, verdict, verdict == Verdict.ANSWERED_SYN ? batch.ingressSlot(i) : PacketBatch.NONE);
        }
    }

    /** What its source speaks against it, whatever the service says: a drop code, or 0. */
    private int sourceRefusal(final PacketBatch batch, final int i, final int serviceIndex) {
        if (serviceIndex == Selector.NONE) {
            return Verdict.DROP_NO_SERVICE;
        }
        return opening.refusal(batch, i);
    }

    /** What the packet itself speaks against it: a drop code, {@link Verdict#ANSWERED_RESET} if that is due, or 0. */
    private int refusal(final PacketBatch batch, final int i, final int serviceIndex) {
        if (!mayEnter(batch, i, serviceIndex)) {
            return unknownSegment(batch.tcpFlags(i), serviceIndex);
        }
        return DirectForwarder.isAtItsEnd(batch, i, selector.forwarding(serviceIndex)) ? Verdict.DROP_TTL_EXPIRED : 0;
    }

    /** What becomes of a segment that belongs to no connection and opens none. */
    private int unknownSegment(final int tcpFlags, final int serviceIndex) {
        if (TcpFlags.classOf(tcpFlags) == TcpFlags.CLASS_INVALID) {
            return Verdict.DROP_TCP_FLAGS;
        }
        return selector.resets(serviceIndex) ? Verdict.ANSWERED_RESET : Verdict.DROP_NO_FLOW;
    }

    /** A TCP segment may if it is a SYN, or in its stead a plain ACK, where the service picks up. */
    private boolean mayEnter(final PacketBatch batch, final int i, final int serviceIndex) {
        return !isFromTheMiddle(batch, i) || selector.picksUp(serviceIndex) && TcpFlags.isPlainAck(batch.tcpFlags(i));
    }

    private static boolean isFromTheMiddle(final PacketBatch batch, final int i) {
        return batch.protocol(i) == IpProtocol.TCP && !TcpFlags.opens(batch.tcpFlags(i));
    }

    private int select(final PacketBatch batch, final int i, final int serviceIndex, final int nowTicks) {
        if (synCount != 0) {
            return selector.selectOther(
                    serviceIndex,
                    batch.source0(i),
                    batch.source1(i),
                    batch.destination0(i),
                    batch.destination1(i),
                    batch.ports(i),
                    batch.protocol(i),
                    synCount,
                    avoidedIndex);
        }
        final int kept = affinity.find(serviceIndex, batch.source0(i), batch.source1(i), nowTicks);
        return kept != Selector.NONE
                ? kept
                : selector.select(
                        serviceIndex,
                        batch.source0(i),
                        batch.source1(i),
                        batch.destination0(i),
                        batch.destination1(i),
                        batch.ports(i),
                        batch.protocol(i));
    }

    private int open(final PacketBatch batch, final int i, final int serviceIndex, final long nowNs) {
        final int nowTicks = FlowDescriptor.ticks(nowNs);
        final int backendIndex = select(batch, i, serviceIndex, nowTicks);
        if (backendIndex == Selector.NONE) {
            return Verdict.DROP_NO_BACKEND;
        }
        affinity.keep(serviceIndex, batch.source0(i), batch.source1(i), backendIndex, nowTicks);
        final boolean isBackendIpv4 = AddressDescriptor.isIpv4(
                selector.backendAddress0(backendIndex), selector.backendAddress1(backendIndex));
        final int forwardingCode = selector.forwarding(serviceIndex);
        final boolean isAcross =
                !Forwarding.isTunnel(forwardingCode) && isBackendIpv4 != FlowForwarder.isIpv4(batch, i);
        final int misfit = isAcross ? misfit(batch, i, forwardingCode) : 0;
        if (misfit != 0) {
            return misfit;
        }
        final int hopIndex = backendHops.current(backendIndex, nowNs);
        int slot = egress.planResolved(batch, i, hopIndex, nowNs, isAcross ? FamilyTranslator.surplus(batch, i) : 0);
        if (Forwarding.isDirect(forwardingCode)) {
            slot = forwarder.direct().planned(batch, i, forwardingCode, slot, hopIndex, backendIndex);
        }
        if (slot < 0) {
            return ~slot;
        }
        if (synCount != 0 && !leave(nowNs)) {
            return Verdict.DROP_FLOW_BUSY;
        }
        final long handle = flows.open(
                batch.source0(i),
                batch.source1(i),
                batch.destination0(i),
                batch.destination1(i),
                batch.ports(i),
                batch.protocol(i),
                serviceIndex,
                backendIndex,
                forwardingCode,
                options(batch, i, serviceIndex),
                FlowDescriptor.ticks(nowNs));
        return FlowHandle.isFlow(handle) ? sendFirst(batch, i, handle, nowNs) : failure(handle, backendIndex);
    }

    private int options(final PacketBatch batch, final int i, final int serviceIndex) {
        return (isCounted ? FlowOptions.COUNT : FlowOptions.NONE) | wayIn(batch, i, serviceIndex);
    }

    private int wayIn(final PacketBatch batch, final int i, final int serviceIndex) {
        if (batch.protocol(i) != IpProtocol.TCP || guard.isProxied()) {
            return guard.isProxied() ? FlowOptions.PROXIED : FlowOptions.NONE;
        }
        final int check = FlowOptions.check(selector.tcpCheck(serviceIndex));
        return check | (isFromTheMiddle(batch, i) ? FlowOptions.PICK_UP : FlowOptions.syns(synCount));
    }

    /** The connection that the SYN leaves may have changed meanwhile, as by an answer: then it stays. */
    private boolean leave(final long nowNs) {
        if (!flows.leave(left, FlowDescriptor.ticks(nowNs))) {
            return false;
        }
        left = FlowHandle.NOT_FOUND;
        return true;
    }

    /** What speaks against a packet's going across to a backend of the other family: a drop code, or 0. */
    private static int misfit(final PacketBatch batch, final int i, final int forwardingCode) {
        return forwardingCode == FULL_NAT ? FamilyTranslator.refusal(batch, i) : Verdict.DROP_FAMILY_MISMATCH;
    }

    private int sendFirst(final PacketBatch batch, final int i, final long handle, final long nowNs) {
        final boolean isNew = !FlowHandle.isExisting(handle);
        if (isNew) {
            forwarder.segments().begin(batch, i, handle);
            if (isFromTheMiddle(batch, i) && !guard.isProxied()) {
                flowCounters.pickedUp();
            }
        }
        final int clientHop = isNew ? resolveClient(batch, i, nowNs) : NextHopTable.NOT_RESOLVED;
        if (isNew && guard.isProxied()) {
            forwarder.proxy().begin(handle, guard.clientSequence(), guard.cookie());
            counters.increment(COOKIE_ACCEPTED);
        }
        final int verdict = forwarder.forward(batch, i, handle, isNew, nowNs);
        if (verdict == FlowForwarder.GONE) {
            return Verdict.DROP_FLOW_BUSY;
        }
        if (clientHop > NextHopTable.NOT_RESOLVED) {
            storeClientHop(batch.protocol(i), clientHop);
        }
        return 0;
    }

    /** While the frame still has its own header: it tells tags and MAC of the way back. */
    private int resolveClient(final PacketBatch batch, final int i, final long nowNs) {
        return resolver.resolveSender(
                batch.source0(i),
                batch.source1(i),
                interfaces.ifindex(batch.ingressSlot(i)),
                LinkHeader.tagCount(batch, i),
                LinkHeader.outerTag(frames, batch, i),
                LinkHeader.innerTag(frames, batch, i),
                LinkHeader.sourceMac(frames, batch, i),
                nowNs);
    }

    /** The reverse slot is found by the tuple that replies to this packet will have. */
    private void storeClientHop(final int protocol, final int clientHop) {
        final Translation sent = forwarder.lastTranslation();
        final long reverse = flows.find(
                sent.destination0,
                sent.destination1,
                sent.source0,
                sent.source1,
                Integer.rotateLeft(sent.ports, Short.SIZE),
                protocol);
        if (FlowHandle.isFlow(reverse) && FlowHandle.isReverse(reverse)) {
            flows.nextHopIndex(reverse, clientHop);
        }
    }

    /** A missing port is counted with the backend that lacks it. */
    private int failure(final long handle, final int backendIndex) {
        if (handle == FlowHandle.FULL) {
            return Verdict.DROP_FLOW_TABLE_FULL;
        }
        if (handle != FlowHandle.PORTS_EXHAUSTED) {
            return Verdict.DROP_FLOW_BUSY;
        }
        flowCounters.portsExhausted(backendIndex);
        return Verdict.DROP_PORTS_EXHAUSTED;
    }
}
