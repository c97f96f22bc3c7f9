package io.fastpath.fastpath.worker;

import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.nexthop.NextHopRequests;
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
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A worker on tables, sockets and packets of its own, for {@link WarmUp}: clients on one interface, backends that answer on
 * the other. One thread.
 */
final class WarmUpStage {
    private static final int CLIENTS = 3;
    private static final int SERVERS = 4;
    private static final int MTU = 1500;
    private static final int FRAME_LENGTH = 2048;
    private static final int HEADROOM = 256;
    private static final int FRAME_COUNT = 4 * WarmUpSocket.RING_SIZE;
    private static final long TIMEOUT_NS = 20_000_000L; // so that connections come and go
    private static final TableSizes SIZES = new TableSizes(1 << 14, 64, 16, 64, 2, 1, 8192);

    private final SharedTables tables = SharedTables.allocate(SIZES);
    private final WarmUpFrames frames = new WarmUpFrames();
    private final Deque<byte[]> replies = new ArrayDeque<>();
    private final UnsafeBuffer umem =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(FRAME_COUNT * FRAME_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final WarmUpSocket clients;
    private final WarmUpSocket servers;
    private final WorkerAgent agent;

    /**
     * A stage.
     *
     * @param kind number of the stage: each has other classes behind the worker's interfaces
     */
    WarmUpStage(final int kind) {
        new ConfigRecord(tables.region(MapNames.CONFIG))
                .write(
                        SIZES,
                        SnatRange.of(List.of(Address.parse("10.8.0.1"), Address.parse("2001:db8:8::1")), 1024, 65535));
        final InterfaceTable interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        final int flags = kind == 0 ? InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM : 0;
        interfaces.put(CLIENTS, 1, flags, 0x02fc_0000_0003L, MTU);
        interfaces.put(SERVERS, 1, flags, 0x02fc_0000_0004L, MTU);
        ServiceTable.attach(LbMemory.of(
                        tables.region(MapNames.CONFIG),
                        tables.region(MapNames.CONTROL),
                        tables.region(MapNames.SERVICES),
                        tables.region(MapNames.MAGLEV),
                        tables.region(MapNames.BACKENDS)))
                .apply(services());
        clients = WarmUpSocket.ofKind(kind);
        servers = WarmUpSocket.ofKind(kind);
        final WorkerContext context = new WorkerContext()
                .frames(
                        new FramePool(new UmemLayout(FRAME_LENGTH, FRAME_COUNT, 0, HugePages.NONE), 0, FRAME_COUNT),
                        FRAME_LENGTH)
                .ports(List.of(port(interfaces.find(CLIENTS), clients), port(interfaces.find(SERVERS), servers)))
                .pipeline(pipeline(kind))
                .conclude();
        agent = new WorkerAgent(context);
    }

    private static List<ServiceSpec> services() {
        final List<ServiceSpec> services = new ArrayList<>();
        for (final Protocol protocol : Protocol.values()) {
            for (final Forwarding forwarding : List.of(Forwarding.FULL_NAT, Forwarding.NAT)) {
                services.add(service(protocol, forwarding, WarmUpFrames.VIP, "10.8.0.11"));
                services.add(service(protocol, forwarding, WarmUpFrames.VIP6, "2001:db8:8::11"));
            }
        }
        final List<Forwarding> direct =
                List.of(Forwarding.DSR_L2, Forwarding.DSR_IPIP, Forwarding.DSR_GUE, Forwarding.DSR_GENEVE);
        for (int i = 0; i < WarmUpFrames.DIRECT_COUNT; i++) {
            final int port = WarmUpFrames.DIRECT_PORT + i;
            services.add(service(Protocol.UDP, direct.get(i), WarmUpFrames.VIP, port, "10.8.0.11", port));
            services.add(service(Protocol.UDP, direct.get(i), WarmUpFrames.VIP6, port, "2001:db8:8::11", port));
        }
        return services;
    }

    private static ServiceSpec service(
            final Protocol protocol, final Forwarding forwarding, final String vip, final String backend) {
        final int port = forwarding == Forwarding.NAT ? WarmUpFrames.NAT_PORT : WarmUpFrames.FULL_NAT_PORT;
        return service(protocol, forwarding, vip, port, backend, WarmUpFrames.BACKEND_PORTS + port);
    }

    private static ServiceSpec service(
            final Protocol protocol,
            final Forwarding forwarding,
            final String vip,
            final int port,
            final String backend,
            final int backendPort) {
        return new ServiceSpec(
                protocol + "-" + port + "-" + (vip.indexOf(':') < 0 ? 4 : 6),
                Address.parse(vip),
                port,
                protocol,
                forwarding,
                251,
                List.of(new BackendSpec(Address.parse(backend), backendPort, 1)));
    }

    private QueuePort port(final int interfaceSlot, final WarmUpSocket socket) {
        return new QueuePort(interfaceSlot, 0, socket.rings(), socket, tables.region(MapNames.QUEUES));
    }

    private PipelineContext pipeline(final int kind) {
        FlowTimeouts timeouts = FlowTimeouts.defaults();
        for (final String key : FlowTimeouts.keys()) {
            timeouts = timeouts.with(key, TIMEOUT_NS);
        }
        return new PipelineContext()
                .tables(tables)
                .frames(umem)
                .frameLength(FRAME_LENGTH)
                .rowIndex(SIZES.workerRow(0))
                .routes(routes(kind))
                .nextHopRequests(requests(kind))
                .flowTimeouts(timeouts)
                .conclude();
    }

    /** Three classes, for the reason that {@link WarmUpSocket} gives. */
    private static RouteLookup routes(final int kind) {
        return switch (kind % 3) {
            case 0 -> (word0, word1, hop) -> route(word0, word1, hop);
            case 1 -> (word0, word1, hop) -> route(word0, word1, hop);
            default -> (word0, word1, hop) -> route(word0, word1, hop);
        };
    }

    private NextHopRequests requests(final int kind) {
        return switch (kind % 3) {
            case 0 -> this::find;
            case 1 -> index -> find(index);
            default -> index -> find(index);
        };
    }

    private static boolean route(final long word0, final long word1, final NextHopKey hop) {
        hop.set(isClient(word0, word1) ? CLIENTS : SERVERS, word0, word1);
        return true;
    }

    private static boolean isClient(final long word0, final long word1) {
        return isAddress(WarmUpFrames.CLIENT, word0, word1) || isAddress(WarmUpFrames.CLIENT6, word0, word1);
    }

    private static boolean isAddress(final String text, final long word0, final long word1) {
        final Address address = Address.parse(text);
        return address.word0() == word0 && address.word1() == word1;
    }

    private void find(final int index) {
        final NextHopTable hops = new NextHopTable(tables.region(MapNames.NEXT_HOPS), SIZES.nextHopCapacity());
        final NextHopKey key = new NextHopKey().set(hops.ifindex(index), hops.gateway0(index), hops.gateway1(index));
        new NextHopMaintenance(hops).neighbourFound(key, 0x02bb_0000_0011L, System.nanoTime());
    }

    /** Lets some packets come, go round and leave. */
    void cycle() {
        for (int i = 0; i < WarmUpFrames.PACKETS_PER_CYCLE; i++) {
            bring(clients, frames.next());
        }
        for (byte[] reply = replies.poll(); reply != null; reply = replies.poll()) {
            bring(servers, reply);
        }
        agent.doWork();
        clients.send((dataOffset, length) -> {});
        servers.send(this::answer);
    }

    private void bring(final WarmUpSocket socket, final byte[] packet) {
        final long frame = socket.takeFrame();
        if (frame >= 0) {
            umem.putBytes((int) frame + HEADROOM, packet);
            socket.bring(frame + HEADROOM, packet.length);
        }
    }

    private void answer(final int dataOffset, final int length) {
        final byte[] packet = new byte[length];
        umem.getBytes(dataOffset, packet);
        if (!WarmUpFrames.isDirect(packet)) {
            WarmUpFrames.turnRound(packet);
            replies.add(packet);
        }
    }

    /** Packets of a sort so far. */
    long count(final Counter counter) {
        return new CounterReader(tables.region(MapNames.COUNTERS), SIZES).total(counter);
    }
}
