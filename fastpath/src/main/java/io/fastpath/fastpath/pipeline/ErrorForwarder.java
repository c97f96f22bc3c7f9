package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * ICMP errors about packets that were translated: found by the packet that they quote, and sent on to the one who sent
 * it. They change nothing of the connection, neither state nor time (RFC 5508, 4.3).
 *
 * <pre>
 *   to a VIP, about a packet to a client:   to the backend    the quote, turned round, is of the forward direction
 *   to a SNAT address or a client, about
 *   a packet to a backend:                  to the client     the quote, turned round, is of the reverse direction
 * </pre>
 *
 * <p>Where the backend has the VIP itself ({@code dsr-*}), the error is handed to it as it came, or through its tunnel, as
 * requests are. One thread.
 */
final class ErrorForwarder {
    private final SharedMemory frames;
    private final FlowTable flows;
    private final FlowFields fields;
    private final Selector selector;
    private final NextHopTable hops;
    private final InterfaceTable interfaces;
    private final BackendHops backendHops;
    private final Egress egress;
    private final FlowForwarder forwarder;
    private final ErrorQuote quote;
    private final ErrorRewriter rewriter;

    ErrorForwarder(
            final PipelineContext context,
            final BackendHops backendHops,
            final Egress egress,
            final FlowForwarder forwarder) {
        this.frames = context.frames();
        this.flows = context.flowTable();
        this.fields = flows.fields();
        this.selector = context.selector();
        this.hops = context.nextHopTable();
        this.interfaces = context.interfaceTable();
        this.backendHops = backendHops;
        this.egress = egress;
        this.forwarder = forwarder;
        this.quote = new ErrorQuote(frames);
        this.rewriter = new ErrorRewriter(frames, quote);
    }

    /** Ends a packet of the kinds ICMP and ICMPv6 that is an error. */
    void end(final PacketBatch batch, final int i, final long nowNs) {
        final boolean recompute = interfaces.isRecomputed(batch.ingressSlot(i));
        int refusal = refusal(batch, i, recompute);
        if (refusal == 0) {
            refusal = forward(batch, i, recompute, nowNs);
        }
        if (refusal != 0) {
            batch.end(i, refusal, PacketBatch.NONE);
        }
    }

    /** What the error itself speaks against it: a drop code, or 0. */
    private int refusal(final PacketBatch batch, final int i, final boolean recompute) {
        final int source = OpeningCheck.ofSource(selector, batch.source0(i), batch.source1(i));
        final int refusal = source == 0 ? quote.read(batch, i) : source;
        if (refusal != 0) {
            return refusal;
        }
        return recompute || isSumRight(batch, i) ? 0 : Verdict.DROP_ICMP_CHECKSUM;
    }

    /** RFC 5508, REQ-3; not asked where senders leave checksums to offload. */
    private boolean isSumRight(final PacketBatch batch, final int i) {
        final int length = batch.transportLength(i);
        long sum = Checksum.sum(frames, batch.transportOffset(i), length);
        if (batch.kind(i) == PacketKind.ICMPV6) {
            sum += batch.addressSum(i) + Checksum.ofPseudoHeader(IpProtocol.ICMPV6, length);
        }
        return Checksum.fold(sum) == Checksum.CORRECT;
    }

    /** The quoted segment gets the number that its sender, the backend, gave it; all sums are carried on. */
    private void renumber(final PacketBatch batch, final int i, final int offset) {
        final boolean hasChecksum = quote.transportLength >= Tcp.CHECKSUM_OFFSET + Short.BYTES;
        final long icmp = batch.transportOffset(i) + Icmp.CHECKSUM_OFFSET;
        final int old = frames.getInt(quote.transport + Tcp.SEQUENCE_OFFSET);
        final int update = Integer.reverseBytes(Integer.reverseBytes(old) - offset);
        long replaced = Checksum.replaceInt(old, update);
        frames.putInt(quote.transport + Tcp.SEQUENCE_OFFSET, update);
        if (hasChecksum) {
            final int checksum = frames.getShort(quote.transport + Tcp.CHECKSUM_OFFSET) & 0xffff;
            final int next = Checksum.update(checksum, replaced);
            frames.putShort(quote.transport + Tcp.CHECKSUM_OFFSET, (short) next);
            replaced += Checksum.replaceInt(checksum, next);
        }
        frames.putShort(icmp, (short) Checksum.update(frames.getShort(icmp), replaced));
    }

    /** Sends the error on: 0 if it has its verdict, else a drop code. */
    private int forward(final PacketBatch batch, final int i, final boolean recompute, final long nowNs) {
        final long handle = flows.find(
                quote.source0, quote.source1, quote.destination0, quote.destination1, quote.ports, quote.protocol);
        if (!FlowHandle.isFlow(handle)) {
            return Verdict.DROP_ICMP_UNKNOWN;
        }
        final boolean isReverse = FlowHandle.isReverse(handle);
        final boolean isDirect = FlowHandle.isDirect(handle) && !isReverse;
        final int forwardingCode = FlowHandle.forwardingCode(handle);
        if (isDirect
                ? DirectForwarder.isAtItsEnd(batch, i, forwardingCode)
                : batch.timeToLive(i) < FlowForwarder.TTL_MIN) {
            return Verdict.DROP_TTL_EXPIRED;
        }
        final int flow = FlowHandle.slotIndex(handle);
        final int backendIndex = fields.backendIndex(flow);
        if (isReverse) {
            forwarder.toClient(flow);
        } else if (!isDirect) {
            forwarder.toBackend(flow, backendIndex);
        }
        int hopIndex = isReverse ? fields.nextHopIndex(flow) : backendHops.stored(backendIndex);
        int slot;
        if (!isDirect && isAcross(batch, i)) {
            slot = ~Verdict.DROP_FAMILY_ICMP;
        } else if (egress.isUsable(hopIndex)) {
            slot = egress.plan(batch, i, hopIndex);
        } else {
            hopIndex = isReverse ? forwarder.clientHop(handle, flow, nowNs) : backendHops.current(backendIndex, nowNs);
            slot = egress.planResolved(batch, i, hopIndex, nowNs);
        }
        if (isDirect) {
            slot = forwarder.direct().planned(batch, i, forwardingCode, slot, hopIndex, backendIndex);
        }
        if (!flows.stillValid(handle)) {
            return Verdict.DROP_ICMP_UNKNOWN;
        }
        if (slot < 0) {
            return ~slot;
        }
        final int offset =
                FlowHandle.isProxied(handle) && !isReverse ? forwarder.proxy().offset(handle) : 0;
        if (offset != 0) {
            renumber(batch, i, offset);
        }
        if (isDirect && Forwarding.isTunnel(forwardingCode)) {
            rewriter.age(batch, i);
            forwarder
                    .direct()
                    .intoTunnel(batch, i, forwardingCode, hopIndex, backendIndex, hash(), quote.ports >>> Short.SIZE);
        } else {
            if (!isDirect) {
                rewriter.rewrite(batch, i, forwarder.lastTranslation(), recompute);
            }
            write(batch, i, hopIndex);
        }
        batch.end(i, Verdict.FORWARDED_ERROR, slot);
        return 0;
    }

    /** Of the connection's packets: the quote turned round is one. */
    private int hash() {
        return flows.hash(
                quote.source0, quote.source1, quote.destination0, quote.destination1, quote.ports, quote.protocol);
    }

    private boolean isAcross(final PacketBatch batch, final int i) {
        final Translation to = forwarder.lastTranslation();
        return AddressDescriptor.isIpv4(to.destination0, to.destination1) != (batch.kind(i) == PacketKind.ICMP);
    }

    private void write(final PacketBatch batch, final int i, final int hopIndex) {
        final int typeBe = batch.kind(i) == PacketKind.ICMP ? Ethernet.TYPE_IPV4_BE : Ethernet.TYPE_IPV6_BE;
        LinkHeader.write(frames, batch, i, hops, hopIndex, typeBe);
    }
}
