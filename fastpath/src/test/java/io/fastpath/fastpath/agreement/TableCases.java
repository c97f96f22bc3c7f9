package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.REMOTE_CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FLOW_TABLE_FULL;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NEXT_HOPS_FULL;
import static io.fastpath.kernelbpf.layout.Counter.DROP_PORTS_EXHAUSTED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_CLOSED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_EVICTED_EMBRYONIC;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.BackendStats;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The flow table near its limits: no slot, no source port, and who makes room for whom. */
final class TableCases {
    private static final int MANY = FlowTable.SLOT_COUNT_MIN;

    private TableCases() {}

    static List<PacketCase> all() {
        return List.of(
                new PacketCase(
                        "half-open connections make room for a new one", TableCases::small, TableCases::makeRoom),
                new PacketCase(
                        "in a table full of half-open ones a connection can be established, and keeps its place then",
                        TableCases::small,
                        TableCases::establishAmidHalfOpen),
                new PacketCase(
                        "expired connections make room for new ones, without a sweep",
                        TableCases::small,
                        TableCases::expire),
                new PacketCase(
                        "in a full table the known connections go on", TableCases::small, TableCases::goOnWhenFull),
                new PacketCase(
                        "as many connections as there are source ports, and no more",
                        () -> new TestBalancer().usualServices().snatPorts(40000, 40015),
                        TableCases::exhaust),
                packetCase("ports are counted per backend and protocol", stage -> {
                    stage.receive(CLIENTS, request()).counts(FLOW_OPENED, 1);
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80)).counts(FLOW_OPENED, 1);
                    stage.receive(CLIENTS, udp(CLIENT, 1235, VIP, 80)).ends(DROP_PORTS_EXHAUSTED);
                }),
                packetCase("under NAT one client port can't go to one backend over two services", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 90)).counts(FLOW_OPENED, 1);
                    stage.receive(CLIENTS, tcp(REMOTE_CLIENT, 1234, VIP, 90)).counts(FLOW_OPENED, 1);
                }),
                new PacketCase(
                        "two services of one backend under NAT can't share a client's port",
                        () -> new TestBalancer()
                                .service(Protocol.UDP, VIP, 80, Forwarding.NAT, BACKEND, 9090)
                                .service(Protocol.UDP, VIP, 90, Forwarding.NAT, BACKEND, 9090),
                        stage -> {
                            stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80)).counts(FLOW_OPENED, 1);
                            stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90)).ends(DROP_PORTS_EXHAUSTED);
                        }),
                packetCase("more clients on the link than there are records for their hops", TableCases::crowdOfClients)
                        .needsRoutes(),
                packetCase("a reset connection's source port is free again once it expired", TableCases::portComesBack),
                new PacketCase(
                        "connections are spread over the backends as the selection says",
                        TableCases::threeBackends,
                        TableCases::spread));
    }

    private static TestBalancer small() {
        return new TestBalancer()
                .service(Protocol.UDP, VIP, 80, Forwarding.NAT, BACKEND, 8080)
                .service(Protocol.TCP, VIP, 80, Forwarding.NAT, BACKEND, 8080)
                .flowSlots(FlowTable.SLOT_COUNT_MIN);
    }

    private static void makeRoom(final PacketStage stage) {
        long evicted = 0;
        for (int port = 1; port <= MANY; port++) {
            final PacketStage.Received syn = stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80));
            syn.passes(FORWARDED_REQUEST).counts(FLOW_OPENED, 1);
            evicted += syn.grown(FLOW_EVICTED_EMBRYONIC);
            stage.elapse(Duration.ofMillis(100)); // so that it is clear which is the oldest
        }
        assertThat(evicted).as("evicted").isGreaterThanOrEqualTo(MANY / 2);
    }

    private static void establishAmidHalfOpen(final PacketStage stage) {
        for (int port = 1; port <= MANY; port++) {
            stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80)).passes(FORWARDED_REQUEST);
            stage.elapse(Duration.ofMillis(100));
        }
        stage.receive(CLIENTS, tcp(REMOTE_CLIENT, 1, VIP, 80)).passes(FORWARDED_REQUEST);
        stage.receive(SERVERS, fromBackend(tcp(BACKEND, 8080, REMOTE_CLIENT, 1)).flags(SYN | ACK))
                .passes(FORWARDED_REPLY);
        stage.receive(CLIENTS, tcp(REMOTE_CLIENT, 1, VIP, 80).flags(ACK)).passes(FORWARDED_REQUEST);
        for (int port = 1; port <= MANY; port++) {
            stage.receive(CLIENTS, tcp(CLIENT, MANY + port, VIP, 80)).passes(FORWARDED_REQUEST);
            stage.elapse(Duration.ofMillis(100));
        }
        stage.receive(CLIENTS, tcp(REMOTE_CLIENT, 1, VIP, 80).flags(ACK))
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_OPENED, 0);
    }

    private static void expire(final PacketStage stage) {
        fill(stage, 1);
        stage.elapse(Duration.ofSeconds(500));
        for (int port = 1; port <= 150; port++) {
            stage.receive(CLIENTS, udp(REMOTE_CLIENT, port, VIP, 80))
                    .passes(FORWARDED_REQUEST)
                    .counts(FLOW_OPENED, 1);
        }
        assertThat(stage.balancer().count(FLOW_CLOSED)).isPositive();
    }

    private static void goOnWhenFull(final PacketStage stage) {
        final int count = fill(stage, 1);
        for (int port = 1; port < count; port += 7) {
            stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80))
                    .passes(FORWARDED_REQUEST)
                    .counts(FLOW_OPENED, 0);
            stage.receive(SERVERS, fromBackend(udp(BACKEND, 8080, CLIENT, port)))
                    .passes(FORWARDED_REPLY);
        }
        stage.receive(CLIENTS, udp(CLIENT, count, VIP, 80)).ends(DROP_FLOW_TABLE_FULL);
    }

    /** Answered datagrams from this port on, until no more go in: the first port that found no room. */
    private static int fill(final PacketStage stage, final int firstPort) {
        for (int port = firstPort; port <= firstPort + MANY; port++) {
            if (stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80)).outcome().verdict() == DROP_FLOW_TABLE_FULL) {
                return port;
            }
            stage.receive(SERVERS, fromBackend(udp(BACKEND, 8080, CLIENT, port)));
        }
        throw new AssertionError("more connections than half the slots");
    }

    private static void exhaust(final PacketStage stage) {
        for (int port = 1; port <= 16; port++) {
            stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80)).counts(FLOW_OPENED, 1);
        }
        stage.receive(CLIENTS, tcp(CLIENT, 17, VIP, 80))
                .ends(DROP_PORTS_EXHAUSTED)
                .flows(16);
        final TableSizes sizes = stage.balancer().tables().sizes();
        final BackendStats stats = new BackendStats(
                stage.balancer().tables().region(MapNames.BACKEND_STATS),
                sizes.counterRowCount(),
                sizes.backendCapacity());
        assertThat(IntStream.range(0, sizes.backendCapacity())
                        .mapToLong(stats::portsExhausted)
                        .toArray())
                .as("by the backend that lacks them")
                .containsOnlyOnce(1);
        stage.receive(CLIENTS, tcp(CLIENT, 16, VIP, 80)).passes(FORWARDED_REQUEST);
    }

    private static void portComesBack(final PacketStage stage) {
        stage.establish();
        stage.receive(CLIENTS, request().flags(RST));
        stage.receive(CLIENTS, other()).ends(DROP_PORTS_EXHAUSTED);
        stage.elapse(Duration.ofSeconds(20));
        new FlowSweeper(stage.flows(), 0, 1, index -> false)
                .sweep(stage.nowTicks(), stage.flows().slotCount());
        stage.receive(CLIENTS, other()).passes(FORWARDED_REQUEST).counts(FLOW_OPENED, 1);
        stage.receive(SERVERS, reply())
                .leaves(
                        FORWARDED_REPLY,
                        CLIENTS,
                        toClient(tcp(VIP, 80, CLIENT, 4321).flags(SYN | ACK)));
    }

    /** Requests go on, but not all replies know the way: a quarter of 256 records is for clients. */
    private static void crowdOfClients(final PacketStage stage) {
        int lost = 0;
        for (int host = 1; host < 200; host++) {
            final String client = "192.0.2." + host;
            stage.receive(CLIENTS, udp(client, 1234, VIP, 90)).passes(FORWARDED_REQUEST);
            final Counter verdict = stage.receive(SERVERS, fromBackend(udp(BACKEND, 9090, client, 1234)))
                    .outcome()
                    .verdict();
            assertThat(verdict).isIn(FORWARDED_REPLY, DROP_NEXT_HOPS_FULL);
            lost += verdict == DROP_NEXT_HOPS_FULL ? 1 : 0;
        }
        assertThat(lost).as("replies without a way").isGreaterThanOrEqualTo(199 - 64);
    }

    private static PacketBuilder other() {
        return tcp(CLIENT, 4321, VIP, 80);
    }

    private static TestBalancer threeBackends() {
        return new TestBalancer()
                .neighbour("10.8.0.12", "02:bb:00:00:00:12")
                .neighbour("10.8.0.13", "02:bb:00:00:00:13")
                .snatPorts(40000, 40999)
                .service(
                        Protocol.TCP,
                        VIP,
                        80,
                        Forwarding.FULL_NAT,
                        BACKEND,
                        8080,
                        "10.8.0.12",
                        8080,
                        "10.8.0.13",
                        8080);
    }

    private static void spread(final PacketStage stage) {
        final int[] counts = new int[3];
        for (int port = 1; port <= 90; port++) {
            final byte[] out = stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80))
                    .passes(FORWARDED_REQUEST)
                    .outcome()
                    .frame();
            counts[out[33] - 11]++;
        }
        assertThat(counts).doesNotContain(0);
    }
}
