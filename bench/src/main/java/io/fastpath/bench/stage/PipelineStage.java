package io.fastpath.bench.stage;

import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.Pipeline;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One worker's pipeline with established connections under full NAT, and the packets that it is given. A burst is written
 * into the UMEM first and then put through the pipeline in full batches, so that the writing can be left out of what is
 * measured. One thread. Allocates nothing once made.
 *
 * <p>The UMEM is as in production: frames of 2 KiB, each used once per burst. So a packet is no longer in the first-level
 * cache when its turn comes, as if a card or another CPU had left it there.
 */
public final class PipelineStage {
    /** Packets in a burst: 16 full batches. */
    public static final int BURST_LENGTH = 1024;

    private static final int FRAME_LENGTH = 2048;
    private static final int PACKET_OFFSET = UmemLayout.KERNEL_HEADROOM_LENGTH;
    private static final int NETWORK_OFFSET = PACKET_OFFSET + Ethernet.HEADER_LENGTH;
    private static final int TRANSPORT_OFFSET = NETWORK_OFFSET + Ipv4.HEADER_LENGTH;
    private static final int VIP_MEMORY = AddressDescriptor.ipv4Memory(MemoryBalancer.vipWord1());

    private final UnsafeBuffer umem =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(BURST_LENGTH * FRAME_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final FrameWriter writer = new FrameWriter(umem);
    private final PacketBatch batch = new PacketBatch();
    private final int[] numbers = new int[BURST_LENGTH];
    private final int flowCount;
    private final int protocol;
    private final int clientsSlot;
    private final int backendsSlot;
    private final FlowTable flows;
    private final CounterRow counters;
    private final Pipeline pipeline;
    private final Shuffle order;

    // A connection's request as it leaves: its reply is that, turned round.
    private final int[] snatMemory;
    private final int[] backendMemory;
    private final int[] translatedPorts;

    private int burstLength;
    private int ingressSlot;
    private int expectedVerdict;
    private long expectedCount;
    private int nextNumber;

    /**
     * A worker with connections.
     *
     * @param flowCount how many are established, a power of two
     * @param spareCount how many more the flow table has room for
     * @param protocol of all of them
     */
    public PipelineStage(final int flowCount, final int spareCount, final Protocol protocol) {
        this.flowCount = flowCount;
        this.protocol = protocol.number();
        final MemoryBalancer balancer = new MemoryBalancer(flowCount + spareCount, Forwarding.FULL_NAT);
        clientsSlot = balancer.clientsSlot();
        backendsSlot = balancer.backendsSlot();
        final PipelineContext context = balancer.pipelineContext()
                .frames(umem)
                .frameLength(FRAME_LENGTH)
                .conclude();
        flows = context.flowTable();
        counters = context.counters();
        pipeline = new Pipeline(context);
        order = new Shuffle(flowCount);
        snatMemory = new int[flowCount];
        backendMemory = new int[flowCount];
        translatedPorts = new int[flowCount];
        nextNumber = flowCount;
        for (int first = 0; first < flowCount; first += burstLength) {
            establish(first, Math.min(BURST_LENGTH, flowCount - first));
        }
    }

    /** A burst from clients, of established connections in random order. */
    public void writeRequests() {
        shuffle();
        writeRequests(TcpFlags.ACK);
    }

    /** A burst from backends, of established connections in random order. */
    public void writeReplies() {
        shuffle();
        writeReplies(TcpFlags.ACK);
    }

    /** A burst of first packets, of connections that never were before. */
    public void writeOpenings() {
        number(nextNumber, BURST_LENGTH);
        nextNumber += BURST_LENGTH;
        writeRequests(TcpFlags.SYN);
    }

    /**
     * Puts the burst through the pipeline as a worker does, the clock read once per batch.
     *
     * @return the last batch's first verdict
     */
    public int run() {
        for (int first = 0; first < burstLength; first += PacketBatch.CAPACITY) {
            batch.clear();
            for (int i = first, end = first + PacketBatch.CAPACITY; i < end; i++) {
                batch.add(i * FRAME_LENGTH, offset(i), FrameWriter.IPV4_LENGTH, ingressSlot);
            }
            pipeline.process(batch, System.nanoTime());
            pipeline.count(batch);
        }
        return batch.verdict(0);
    }

    /**
     * Makes sure that the packets of the burst were forwarded, but for those of connections that found no room (see {@link
     * FlowSet}): else what was measured is something else.
     */
    public void check() {
        final long missing = expectedCount - counters.get(expectedVerdict);
        if (missing > burstLength / FlowSet.MISSING_LIMIT) {
            throw new IllegalStateException(missing + " of " + burstLength + " packets did not end as "
                    + Counter.ofCode(expectedVerdict) + "; the last verdict is " + Counter.ofCode(batch.verdict(0)));
        }
    }

    /** Removes the connections that the last burst opened. */
    public void removeOpened() {
        for (int i = 0; i < burstLength; i++) {
            final long handle = flows.find(
                    0,
                    Connections.clientWord1(numbers[i]),
                    0,
                    MemoryBalancer.vipWord1(),
                    Connections.ports(numbers[i], MemoryBalancer.VIP_PORT_BE),
                    protocol);
            if (FlowHandle.isFlow(handle)) {
                flows.remove(handle, FlowDescriptor.ticks(System.nanoTime()));
            }
        }
    }

    private void establish(final int first, final int count) {
        number(first, count);
        writeRequests(TcpFlags.SYN);
        run();
        check();
        for (int i = 0; i < count; i++) {
            snatMemory[first + i] = umem.getInt(i * FRAME_LENGTH + NETWORK_OFFSET + Ipv4.SOURCE_OFFSET);
            backendMemory[first + i] = umem.getInt(i * FRAME_LENGTH + NETWORK_OFFSET + Ipv4.DESTINATION_OFFSET);
            translatedPorts[first + i] = umem.getInt(i * FRAME_LENGTH + TRANSPORT_OFFSET);
        }
        writeReplies(TcpFlags.SYN | TcpFlags.ACK);
        run();
        check();
        writeRequests(TcpFlags.ACK);
        run();
        check();
    }

    private void number(final int first, final int count) {
        burstLength = count;
        for (int i = 0; i < count; i++) {
            numbers[i] = first + i;
        }
    }

    private void shuffle() {
        burstLength = BURST_LENGTH;
        for (int i = 0; i < BURST_LENGTH; i++) {
            numbers[i] = order.next();
        }
    }

    private void writeRequests(final int tcpFlags) {
        for (int i = 0; i < burstLength; i++) {
            final int number = numbers[i];
            final int ports = Connections.ports(number, MemoryBalancer.VIP_PORT_BE);
            writer.ipv4(offset(i), Connections.clientMemory(number), VIP_MEMORY, ports, protocol, tcpFlags);
        }
        expect(Counter.FORWARDED_REQUEST, clientsSlot);
    }

    private void writeReplies(final int tcpFlags) {
        for (int i = 0; i < burstLength; i++) {
            final int number = numbers[i];
            final int ports = Integer.rotateLeft(translatedPorts[number], Short.SIZE);
            writer.ipv4(offset(i), backendMemory[number], snatMemory[number], ports, protocol, tcpFlags);
        }
        expect(Counter.FORWARDED_REPLY, backendsSlot);
    }

    private void expect(final Counter verdict, final int slot) {
        ingressSlot = slot;
        expectedVerdict = verdict.code();
        expectedCount = counters.get(expectedVerdict) + burstLength;
    }

    private static int offset(final int i) {
        return i * FRAME_LENGTH + PACKET_OFFSET;
    }
}
