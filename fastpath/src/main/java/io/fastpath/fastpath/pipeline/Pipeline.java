package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The packet pipeline of one worker. It decides on received packets and rewrites them in their frames; sending and
 * freeing is the worker's. One thread per object; several may work on the same tables.
 *
 * <p>A cycle is: fill a {@link PacketBatch}, {@link #process} it, send what has an egress slot, {@link
 * PacketBatch#drop} what could not be sent, {@link #count} the batch.
 *
 * <p>Which drop wins where several apply, first to last: link and tags, IP header, IP length, IPv4 checksum, fragment,
 * mapped addresses, extension headers, protocol, transport header; then, for TCP and UDP of a known connection: TTL, way
 * out (as below), connection state; of no known connection: service, stations of the link, source address,
 * source port, IPv4 options, allowed sources, TCP flags, TTL, limits,
 * backend, family, way out (hop, interface, MTU, and for {@code dsr-l2} the link), flow table; for ICMP errors: source address,
 * quote, checksum, connection, TTL, way out. Of TCP and UDP, a drop for size or time to live is answered with an ICMP
 * error then, where errors are on ({@link OwnErrors}). Other tools may rely on this order: the kernel engine does the same.
 */
public final class Pipeline {
    private static final int RX_PACKETS = Counter.RX_PACKETS.code();
    private static final int RX_BYTES = Counter.RX_BYTES.code();

    private final SharedMemory frames;
    private final CounterRow counters;
    private final FlowCounters flowCounters;
    private final FlowTable flows;
    private final FlowForwarder forwarder;
    private final FlowAdmission admission;
    private final SynRetries synRetries;
    private final ErrorForwarder errors;
    private final OwnErrors ownErrors;
    private final FragmentForwarder fragments;
    private final FragmentHold hold;
    private final ArpResponder arp;
    private final EchoResponder echo;
    private final NeighborResponder neighbor;
    private final VlanKeeper vlans;

    private int touched; // keeps the loads of countReceived alive

    /**
     * A pipeline.
     *
     * @param context concluded
     */
    public Pipeline(final PipelineContext context) {
        frames = context.frames();
        counters = context.counters();
        flowCounters = context.flowCounters();
        flows = context.flowTable();
        final BackendHops backendHops = new BackendHops(
                context.backendMemory(), context.selector(), context.nextHopTable(), context.resolver());
        final Egress egress = new Egress(context.nextHopTable(), context.interfaceTable(), context.resolver());
        forwarder = new FlowForwarder(context, backendHops, egress);
        admission = new FlowAdmission(context, backendHops, egress, forwarder);
        synRetries = new SynRetries(context, admission);
        errors = new ErrorForwarder(context, backendHops, egress, forwarder);
        hold = context.fragmentHold();
        fragments = new FragmentForwarder(context, backendHops, egress, forwarder);
        ownErrors = new OwnErrors(context, egress);
        arp = new ArpResponder(frames, context.selector(), context.interfaceTable(), context.resolver());
        echo = new EchoResponder(frames, context.selector(), context.interfaceTable());
        vlans = new VlanKeeper(frames, context.interfaceTable(), context.vlanMemory());
        neighbor = new NeighborResponder(frames, context.selector(), context.interfaceTable(), context.frameLength());
    }

    /**
     * Gives every packet of a batch its verdict, and rewrites those that go out.
     *
     * @param batch filled
     * @param nowNs CLOCK_MONOTONIC
     */
    public void process(final PacketBatch batch, final long nowNs) {
        countReceived(batch);
        decide(batch, true, nowNs);
    }

    /** Whether fragments wait for the first one of their datagram. */
    public boolean isHolding() {
        return !hold.isEmpty();
    }

    /**
     * The next fragment that has waited and can go on.
     *
     * @param nowNs CLOCK_MONOTONIC
     * @return where it is, for {@link #resume(int, PacketBatch, int)}; negative if there is none now
     */
    public int nextResumed(final long nowNs) {
        return hold.next(nowNs);
    }

    /**
     * Puts a fragment that has waited into a batch.
     *
     * @param index as {@link #nextResumed} answered
     * @param batch with room for it
     * @param frameOffset of a free frame, which is the batch's from now on
     */
    public void resume(final int index, final PacketBatch batch, final int frameOffset) {
        hold.move(index, batch, frameOffset);
    }

    /**
     * As {@link #process}, for fragments that have waited: they were counted when they came, and wait no more.
     *
     * @param batch of such
     * @param nowNs CLOCK_MONOTONIC
     */
    public void processResumed(final PacketBatch batch, final long nowNs) {
        decide(batch, false, nowNs);
    }

    /** Drops what waits. */
    public void forsake() {
        hold.clear();
    }

    private void decide(final PacketBatch batch, final boolean mayWait, final long nowNs) {
        parse(batch);
        lookUp(batch);
        for (int i = 0, count = batch.count(); i < count; i++) {
            if (PacketKind.isTransport(batch.kind(i))) {
                transport(batch, i, nowNs);
            } else {
                other(batch, i, mayWait, nowNs);
            }
        }
    }

    /**
     * Refuses a whole batch, unread.
     *
     * @param batch filled
     * @param reason a drop
     */
    public void refuse(final PacketBatch batch, final Counter reason) {
        countReceived(batch);
        for (int i = 0, count = batch.count(); i < count; i++) {
            batch.drop(i, reason);
        }
    }

    /**
     * Counts a processed batch: one verdict per packet.
     *
     * @param batch processed; packets that could not be sent were dropped in it
     */
    public void count(final PacketBatch batch) {
        int requests = 0;
        int replies = 0;
        for (int i = 0, count = batch.count(); i < count; i++) {
            final int verdict = batch.verdict(i);
            if (verdict == Verdict.FORWARDED_REQUEST) {
                requests++;
                flowCounters.sentTo(batch.backendIndex(i), batch.ipLength(i));
            } else if (verdict == Verdict.FORWARDED_REPLY) {
                replies++;
                flowCounters.sentFrom(batch.backendIndex(i), batch.ipLength(i));
            } else {
                counters.increment(verdict);
            }
        }
        counters.add(Verdict.FORWARDED_REQUEST, requests);
        counters.add(Verdict.FORWARDED_REPLY, replies);
    }

    /**
     * Counts, and loads a byte of each packet: another CPU wrote them, and so their cache lines are under way all at once
     * instead of one at a time in {@link #parse}.
     */
    private void countReceived(final PacketBatch batch) {
        long bytes = 0;
        int touched = 0;
        for (int i = 0, count = batch.count(); i < count; i++) {
            bytes += batch.length(i);
            touched += batch.length(i) > 0 ? frames.getByte(batch.packetOffset(i)) : 0;
        }
        this.touched = touched;
        counters.add(RX_PACKETS, batch.count());
        counters.add(RX_BYTES, bytes);
    }

    private void parse(final PacketBatch batch) {
        for (int i = 0, count = batch.count(); i < count; i++) {
            batch.kind(i, PacketParser.parse(frames, batch, i));
            vlans.keep(batch, i);
        }
    }

    /**
     * Looks the whole batch up, one step at a time. The loop that loads the homes' words is as short as can be: the more
     * of its loads the CPU has under way at once, the less a cache miss costs.
     */
    private void lookUp(final PacketBatch batch) {
        final int count = batch.count();
        for (int i = 0; i < count; i++) {
            if (PacketKind.isTransport(batch.kind(i))) {
                batch.homeIndex(i, flows.home(hash(batch, i)));
            }
        }
        for (int i = 0; i < count; i++) {
            if (PacketKind.isTransport(batch.kind(i))) {
                batch.hopWord(i, flows.hop(batch.homeIndex(i)));
            }
        }
        for (int i = 0; i < count; i++) {
            if (PacketKind.isTransport(batch.kind(i))) {
                batch.handle(i, find(batch, i, batch.hopWord(i)));
            }
        }
    }

    private void transport(final PacketBatch batch, final int i, final long nowNs) {
        final long found = batch.handle(i);
        final long handle = isStillSo(found) ? found : find(batch, i, flows.hop(batch.homeIndex(i)));
        if (handle != FlowHandle.NOT_FOUND
                && SynRetries.isAgain(batch, i, handle)
                && synRetries.move(batch, i, handle, nowNs)) {
            return;
        }
        if (handle != FlowHandle.NOT_FOUND && SynGuard.mayRenew(handle)) {
            if (admission.hasRenewed(batch, i, handle, nowNs)) {
                ownErrors.answer(batch, i, nowNs);
                return;
            }
        } else if (handle != FlowHandle.NOT_FOUND) {
            final int verdict = forwarder.forward(batch, i, handle, false, nowNs);
            if (verdict != FlowForwarder.GONE) {
                if (Verdict.isDrop(verdict)) {
                    ownErrors.answer(batch, i, nowNs);
                }
                return;
            }
        }
        admission.admit(batch, i, nowNs);
        ownErrors.answer(batch, i, nowNs);
    }

    /** Whether no earlier packet of the batch, and nobody else, changed what the look-up found. */
    private boolean isStillSo(final long handle) {
        return handle != FlowHandle.NOT_FOUND
                && flows.fields().control(FlowHandle.slotIndex(handle)) == FlowHandle.control(handle);
    }

    private int hash(final PacketBatch batch, final int i) {
        return flows.hash(
                batch.source0(i),
                batch.source1(i),
                batch.destination0(i),
                batch.destination1(i),
                batch.ports(i),
                batch.protocol(i));
    }

    private long find(final PacketBatch batch, final int i, final int hopWord) {
        return flows.find(
                batch.homeIndex(i),
                hopWord,
                batch.source0(i),
                batch.source1(i),
                batch.destination0(i),
                batch.destination1(i),
                batch.ports(i),
                batch.protocol(i));
    }

    private void other(final PacketBatch batch, final int i, final boolean mayWait, final long nowNs) {
        switch (batch.kind(i)) {
            case PacketKind.ARP -> arp.end(batch, i);
            case PacketKind.ICMP -> icmp(batch, i, nowNs);
            case PacketKind.ICMPV6 -> icmpV6(batch, i, nowNs);
            case PacketKind.FRAGMENT_IPV4, PacketKind.FRAGMENT_IPV6 -> fragments.end(batch, i, mayWait, nowNs);
            default -> batch.end(i, batch.kind(i), PacketBatch.NONE);
        }
    }

    private void icmp(final PacketBatch batch, final int i, final long nowNs) {
        if (Icmp.isError(frames.getByte(batch.transportOffset(i)))) {
            errors.end(batch, i, nowNs);
        } else {
            echo.endIpv4(batch, i);
        }
    }

    private void icmpV6(final PacketBatch batch, final int i, final long nowNs) {
        final int type = frames.getByte(batch.transportOffset(i));
        if (Icmp.isErrorV6(type)) {
            errors.end(batch, i, nowNs);
        } else if (type == (byte) Icmp.NEIGHBOR_SOLICITATION) {
            neighbor.end(batch, i);
        } else {
            echo.endIpv6(batch, i);
        }
    }
}
