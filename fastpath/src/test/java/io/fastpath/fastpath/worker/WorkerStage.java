package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.nexthop.RouteLookup;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.QueueDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** A worker with two queues of two interfaces, real tables, and a kernel and a clock that are moved by hand. */
final class WorkerStage {
    static final int FRAME_LENGTH = 2048;
    static final int FRAME_COUNT = 64;
    private static final int HEADROOM = 256;
    private static final int RING_SIZE = 16;
    private static final int MTU = 1500;

    final FakeSocket[] kernel = {new FakeSocket(RING_SIZE), new FakeSocket(RING_SIZE)};
    final WorkerStats stats = new WorkerStats();
    final WorkerAgent agent;
    long nowNs = 1_000_000_000L;

    private final SharedTables tables = SharedTables.allocate(new TableSizes(4096, 64, 16, 16, 2, 1, 4096));
    private final int[] slots = new int[2];
    private final UnsafeBuffer umem =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(FRAME_COUNT * FRAME_LENGTH, BitUtil.CACHE_LINE_LENGTH));

    WorkerStage(final RouteLookup routes) {
        new ConfigRecord(tables.region(MapNames.CONFIG))
                .write(tables.sizes(), SnatRange.of(List.of(Address.parse("10.8.0.1")), 1024, 65535));
        final InterfaceTable interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        interfaces.put(3, 1, 0, 0x02fc00000003L, MTU);
        interfaces.put(4, 1, 0, 0x02fc00000004L, MTU);
        slots[0] = interfaces.find(3);
        slots[1] = interfaces.find(4);
        ServiceTable.attach(LbMemory.of(
                        tables.region(MapNames.CONFIG),
                        tables.region(MapNames.CONTROL),
                        tables.region(MapNames.SERVICES),
                        tables.region(MapNames.MAGLEV),
                        tables.region(MapNames.BACKENDS)))
                .apply(List.of(new ServiceSpec(
                        "dns",
                        Address.parse("10.7.0.100"),
                        53,
                        Protocol.UDP,
                        Forwarding.FULL_NAT,
                        251,
                        List.of(new BackendSpec(Address.parse("10.8.0.11"), 53, 1)))));
        final PipelineContext pipeline = new PipelineContext()
                .tables(tables)
                .frames(umem)
                .frameLength(FRAME_LENGTH)
                .rowIndex(tables.sizes().workerRow(0))
                .routes(routes)
                .nextHopRequests(hop -> {})
                .heldFragments(4)
                .conclude();
        final WorkerContext context = new WorkerContext()
                .frames(
                        new FramePool(new UmemLayout(FRAME_LENGTH, FRAME_COUNT, 0, HugePages.NONE), 0, FRAME_COUNT),
                        FRAME_LENGTH)
                .ports(List.of(port(0), port(1)))
                .pipeline(pipeline)
                .clock(() -> nowNs)
                .stats(stats)
                .conclude();
        agent = new WorkerAgent(context);
    }

    private QueuePort port(final int queue) {
        return new QueuePort(slots[queue], 0, kernel[queue].rings(), kernel[queue], tables.region(MapNames.QUEUES));
    }

    /** The kernel receives a packet into a frame of the fill ring. */
    void receive(final int queue, final byte[] packet) {
        final long frame = kernel[queue].takeFill();
        umem.putBytes((int) frame + HEADROOM, packet);
        kernel[queue].bring(frame + HEADROOM, packet.length);
    }

    /** A client's datagram to the service; each source port is another connection. */
    static byte[] request(final int sourcePort) {
        final ByteBuffer frame = ByteBuffer.allocate(60);
        frame.putLong(0x02fc00000003_02aaL).putInt(0x10).putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) 32).putInt(0).putShort((short) 0x4011);
        frame.putShort((short) 0).putInt(0xc000020a).putInt(0x0a070064); // 192.0.2.10 to 10.7.0.100
        frame.putShort((short) sourcePort)
                .putShort((short) 53)
                .putShort((short) 12)
                .putShort((short) 0);
        int sum = 0;
        for (int i = 14; i < 34; i += 2) {
            sum += frame.getShort(i) & 0xffff;
        }
        frame.putShort(24, (short) ~((sum & 0xffff) + (sum >>> 16)));
        return frame.array();
    }

    /** Half of a client's datagram to the service, cut after 24 bytes of what follows the IP header. */
    static byte[] half(final int sourcePort, final boolean isFirst) {
        final ByteBuffer frame = ByteBuffer.allocate(60);
        frame.put(request(sourcePort)).putShort(16, (short) 44).putShort(18, (short) sourcePort);
        frame.putShort(20, (short) (isFirst ? 0x2000 : 3))
                .putShort(24, (short) 0)
                .putShort(38, (short) 48);
        int sum = 0;
        for (int i = 14; i < 34; i += 2) {
            sum += frame.getShort(i) & 0xffff;
        }
        frame.putShort(24, (short) ~((sum & 0xffff) + (sum >>> 16)));
        return frame.array();
    }

    /** As if the kernel had told the backend's MAC. */
    void learnBackend() {
        final NextHopTable hops = new NextHopTable(
                tables.region(MapNames.NEXT_HOPS), tables.sizes().nextHopCapacity());
        final Address backend = Address.parse("10.8.0.11");
        final NextHopKey key = new NextHopKey().set(4, backend.word0(), backend.word1());
        hops.findOrClaim(key, new InterfaceTable(tables.region(MapNames.INTERFACES)).macMemory(slots[1]), MTU);
        new NextHopMaintenance(hops)
                .neighbourFound(new NextHopKey().set(4, backend.word0(), backend.word1()), 0x02bb00000011L, nowNs);
    }

    /** The next duty cycle, a moment later and late enough for the figures to be told. */
    int cycle() {
        nowNs += 20_000_000;
        return agent.doWork();
    }

    long count(final Counter counter) {
        return new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes()).total(counter);
    }

    /** Sum over all drops. */
    long dropCount() {
        long sum = 0;
        for (final Counter counter : Counter.values()) {
            sum += counter.isDrop() ? count(counter) : 0;
        }
        return sum;
    }

    long doneCount(final int queue) {
        return tables.region(MapNames.QUEUES).getLong(record(queue) + QueueDescriptor.DONE_COUNT_OFFSET);
    }

    long heartbeatNs(final int queue) {
        return tables.region(MapNames.QUEUES).getLong(record(queue) + QueueDescriptor.HEARTBEAT_NS_OFFSET);
    }

    private long record(final int queue) {
        return QueueDescriptor.recordOffset(InterfaceDescriptor.queueSlot(slots[queue], 0));
    }
}
