package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.PacketBatch.tupleIndex;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.kernelbpf.layout.Counter;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The packet pipeline of one worker. It decides on received packets and rewrites them in their frames; sending and
 * freeing is the worker's. One thread per object; several may work on the same tables.
 *
 * <p>A cycle is: fill a {@link PacketBatch}, {@link #process} it, send what has an egress slot, {@link
 * PacketBatch#drop} what could not be sent, {@link #count} the batch.
 *
 * <p>Which drop wins where several apply, first to last: link and tags, IP header, IP length, IPv4 checksum, fragment,
 * mapped addresses, extension headers, protocol, transport header; then, for TCP and UDP of a known connection: TTL, way
 * out (hop, interface, MTU), connection state; of no known connection: service, source address, TCP flags, TTL, backend,
 * family, way out, flow table. Other tools may rely on this order: the kernel engine does the same.
 */
public final class Pipeline {
    private static final int RX_PACKETS = Counter.RX_PACKETS.code();
    private static final int RX_BYTES = Counter.RX_BYTES.code();

    private final UnsafeBuffer frames;
    private final CounterRow counters;
    private final FlowCounters flowCounters;
    private final FlowTable flows;
    private final PacketParser parser;
    private final FlowForwarder forwarder;
    private final FlowAdmission admission;
    private final ArpResponder arp;
    private final EchoResponder echo;
    private final NeighborResponder neighbor;

    private final int[] home = new int[PacketBatch.CAPACITY];
    private final int[] hop = new int[PacketBatch.CAPACITY];

    /** Keeps loads that are done for the cache's sake from being optimised away. */
    private int touched;

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
        parser = new PacketParser(frames, context.tupleHash());
        final BackendHops backendHops = new BackendHops(
                context.backendMemory(), context.selector(), context.nextHopTable(), context.resolver());
        final Egress egress = new Egress(context.nextHopTable(), context.interfaceTable(), context.resolver());
        forwarder = new FlowForwarder(context, backendHops, egress);
        admission = new FlowAdmission(context, backendHops, egress, forwarder);
        arp = new ArpResponder(frames, context.selector(), context.interfaceTable(), context.resolver());
        echo = new EchoResponder(frames, context.selector(), context.interfaceTable());
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
        parser.parse(batch);
        loadHomes(batch);
        for (int i = 0, count = batch.count(); i < count; i++) {
            if (batch.kind[i] == PacketKind.TRANSPORT) {
                transport(batch, i, nowNs);
            } else {
                other(batch, i);
            }
        }
    }

    /**
     * Counts a processed batch: one verdict per packet.
     *
     * @param batch processed; packets that could not be sent were dropped in it
     */
    public void count(final PacketBatch batch) {
        for (int i = 0, count = batch.count(); i < count; i++) {
            final int verdict = batch.verdict[i];
            counters.increment(verdict);
            if (verdict == Verdict.FORWARDED_REQUEST) {
                flowCounters.sentTo(batch.backendIndex[i], batch.ipLength[i]);
            } else if (verdict == Verdict.FORWARDED_REPLY) {
                flowCounters.sentFrom(batch.backendIndex[i], batch.ipLength[i]);
            }
        }
    }

    private void countReceived(final PacketBatch batch) {
        long bytes = 0;
        for (int i = 0, count = batch.count(); i < count; i++) {
            bytes += batch.length[i];
        }
        counters.add(RX_PACKETS, batch.count());
        counters.add(RX_BYTES, bytes);
    }

    /** Loads for the whole batch what look-ups will need, so that the cache misses overlap. */
    private void loadHomes(final PacketBatch batch) {
        final int count = batch.count();
        for (int i = 0; i < count; i++) {
            if (batch.kind[i] == PacketKind.TRANSPORT) {
                home[i] = flows.home(batch.hash[i]);
                hop[i] = flows.hop(home[i]);
            }
        }
        int sum = 0;
        for (int i = 0; i < count; i++) {
            if (batch.kind[i] == PacketKind.TRANSPORT) {
                sum += flows.touchCandidate(home[i], hop[i]);
            }
        }
        touched = sum;
    }

    private void transport(final PacketBatch batch, final int i, final long nowNs) {
        long handle = find(batch, i, hop[i]);
        if (handle == FlowHandle.NOT_FOUND) {
            // An earlier packet of the batch may have opened the connection.
            final int current = flows.hop(home[i]);
            handle = current == hop[i] ? FlowHandle.NOT_FOUND : find(batch, i, current);
        }
        if (handle == FlowHandle.NOT_FOUND || forwarder.forward(batch, i, handle, false, nowNs) == FlowForwarder.GONE) {
            admission.admit(batch, i, nowNs);
        }
    }

    private long find(final PacketBatch batch, final int i, final int hopWord) {
        final int t = tupleIndex(i);
        final long[] tuple = batch.tuple;
        return flows.find(
                home[i],
                hopWord,
                tuple[t],
                tuple[t + 1],
                tuple[t + 2],
                tuple[t + 3],
                batch.ports[i],
                batch.protocol[i]);
    }

    private void other(final PacketBatch batch, final int i) {
        switch (batch.kind[i]) {
            case PacketKind.ARP -> arp.end(batch, i);
            case PacketKind.ICMP -> echo.endIpv4(batch, i);
            case PacketKind.ICMPV6 -> {
                if (frames.getByte(batch.transportOffset[i]) == (byte) Icmp.NEIGHBOR_SOLICITATION) {
                    neighbor.end(batch, i);
                } else {
                    echo.endIpv6(batch, i);
                }
            }
            default -> batch.end(i, batch.kind[i], PacketBatch.NONE);
        }
    }
}
