package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.REMOTE_CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.SNAT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.replyOut;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.requestOut;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.GATEWAY_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.UNSERVED;
import static io.fastpath.kernelbpf.layout.Counter.DROP_LINK_GROUP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MTU;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NEXT_HOPS_FULL;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_EGRESS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_NEXT_HOP;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/** Routes, neighbours and MTU, and what becomes of packets while they change. */
final class NextHopCases {
    private static final String OTHER_MAC = "02:bb:00:00:00:99";

    /** In a frame without tags. */
    private static final int TCP_OVER_IPV6_OFFSET = 14 + 40;

    private NextHopCases() {}

    static List<PacketCase> all() {
        return List.of(
                new PacketCase(
                        "a backend without a route opens nothing",
                        toBackend("203.0.113.1"),
                        stage -> stage.receive(CLIENTS, request())
                                .ends(DROP_NO_NEXT_HOP)
                                .counts(FLOW_OPENED, 0)),
                new PacketCase(
                                "a backend behind an interface that is not served",
                                toBackend("10.9.0.1"),
                                stage -> stage.receive(CLIENTS, request()).ends(DROP_NO_EGRESS))
                        .needsRoutes(),
                new PacketCase(
                                "a backend whose MAC is not known is asked for",
                                toBackend("10.8.0.99"),
                                NextHopCases::ask)
                        .needsRoutes(),
                packetCase("a packet larger than the egress takes, in both directions", stage -> {
                    stage.establish();
                    stage.receive(CLIENTS, request().flags(ACK).payload(1460))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    requestOut().flags(ACK).payload(1460));
                    stage.receive(CLIENTS, request().flags(ACK).payload(1461)).ends(DROP_MTU);
                    stage.receive(SERVERS, reply().payload(1461)).ends(DROP_MTU);
                }),
                packetCase("a client behind a gateway is answered through it", stage -> {
                    stage.receive(CLIENTS, tcp(REMOTE_CLIENT, 1234, VIP, 80).from(GATEWAY_MAC))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut());
                    stage.receive(SERVERS, reply())
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    replyTo(REMOTE_CLIENT).to(GATEWAY_MAC));
                }),
                packetCase("a route back over an interface that is not served", stage -> {
                            stage.balancer().routes().clear().add("10.8.0.0", 3, SERVERS, null);
                            stage.balancer().routes().add("192.0.2.0", 3, UNSERVED, null);
                            stage.receive(CLIENTS, request()).leaves(FORWARDED_REQUEST, SERVERS, requestOut());
                            stage.receive(SERVERS, reply()).ends(DROP_NO_EGRESS);
                        })
                        .needsRoutes(),
                packetCase(
                        "a sender whose MAC is a group's is not learned from",
                        stage -> stage.receive(CLIENTS, request().from("03:aa:00:00:00:10"))
                                .ends(DROP_LINK_GROUP)
                                .flows(0)));
    }

    static List<PacketCase> changes() {
        return List.of(
                packetCase(
                                "a storm of unrelated routes takes no record, and a failover amid it happens at once",
                                NextHopCases::storm)
                        .needsRoutes(),
                new PacketCase(
                                "sources that are made up leave room for backends",
                                () -> new TestBalancer()
                                        .snatPorts(1024, 65535)
                                        .flowSlots(65536)
                                        .service(Protocol.TCP, VIP6, 80, Forwarding.FULL_NAT, BACKEND6, 8080)
                                        .service(Protocol.TCP, VIP, 80, Forwarding.FULL_NAT, "10.8.0.99", 8080),
                                NextHopCases::spoofed)
                        .needsRoutes(),
                packetCase("a MAC learned from a frame gives way to the kernel's", stage -> {
                            stage.establish();
                            stage.balancer().learnNeighbour(CLIENTS, CLIENT, OTHER_MAC);
                            stage.receive(SERVERS, reply())
                                    .leaves(FORWARDED_REPLY, CLIENTS, replyOut().to(OTHER_MAC));
                        })
                        .needsRoutes(),
                packetCase("a backend's MAC that changed, was lost, and came back", NextHopCases::macChanges),
                packetCase("after routes changed packets go the new way, without a pause", NextHopCases::routeChanges)
                        .needsRoutes(),
                packetCase("without a route back the reply is dropped", stage -> {
                    stage.establish();
                    stage.balancer().routes().clear();
                    stage.balancer().routesChanged();
                    stage.receive(SERVERS, reply()).ends(DROP_NO_NEXT_HOP);
                    stage.receive(CLIENTS, request().flags(ACK)).ends(DROP_NO_NEXT_HOP);
                }));
    }

    private static Supplier<TestBalancer> toBackend(final String address) {
        return () -> new TestBalancer().service(Protocol.TCP, VIP, 80, Forwarding.FULL_NAT, address, 8080);
    }

    private static PacketBuilder replyTo(final String client) {
        return Frames.toClient(tcp(VIP, 80, client, 1234).flags(PacketBuilder.SYN | ACK));
    }

    private static void ask(final PacketStage stage) {
        final TestBalancer balancer = stage.balancer();
        stage.receive(CLIENTS, request()).ends(DROP_NO_NEXT_HOP).counts(FLOW_OPENED, 0);
        stage.receive(CLIENTS, request()).ends(DROP_NO_NEXT_HOP);
        assertThat(balancer.requests()).hasSize(1);
        balancer.advance(NextHopResolver.ASK_INTERVAL_NS);
        stage.receive(CLIENTS, request()).ends(DROP_NO_NEXT_HOP);
        assertThat(balancer.requests()).hasSize(2);
        balancer.learnNeighbour(SERVERS, "10.8.0.99", OTHER_MAC);
        stage.receive(CLIENTS, request())
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        Frames.toBackend(tcp(SNAT, 40000, "10.8.0.99", 8080)).to(OTHER_MAC));
    }

    private static void macChanges(final PacketStage stage) {
        final TestBalancer balancer = stage.balancer();
        final Address backend = Address.parse(Frames.BACKEND);
        stage.establish();
        balancer.learnNeighbour(SERVERS, Frames.BACKEND, OTHER_MAC);
        stage.receive(CLIENTS, request().flags(ACK))
                .leaves(FORWARDED_REQUEST, SERVERS, requestOut().flags(ACK).to(OTHER_MAC));
        assertThat(balancer.maintenance()
                        .neighbourLost(new NextHopKey().set(SERVERS, backend.word0(), backend.word1())))
                .isTrue();
        stage.receive(CLIENTS, request().flags(ACK)).ends(DROP_NO_NEXT_HOP);
        balancer.learnNeighbour(SERVERS, Frames.BACKEND, BACKEND_MAC);
        stage.receive(CLIENTS, request().flags(ACK))
                .leaves(FORWARDED_REQUEST, SERVERS, requestOut().flags(ACK));
    }

    private static void routeChanges(final PacketStage stage) {
        final TestBalancer balancer = stage.balancer();
        stage.establish();
        balancer.hopsStale();
        stage.receive(CLIENTS, request().flags(ACK))
                .leaves(FORWARDED_REQUEST, SERVERS, requestOut().flags(ACK));
        stage.receive(SERVERS, reply()).leaves(FORWARDED_REPLY, CLIENTS, replyOut());
        balancer.learnNeighbour(CLIENTS, "192.0.2.254", GATEWAY_MAC);
        balancer.routes().add("192.0.2.10", 4, CLIENTS, "192.0.2.254");
        balancer.routesChanged();
        balancer.learnNeighbour(CLIENTS, "192.0.2.254", GATEWAY_MAC);
        stage.receive(SERVERS, reply())
                .leaves(FORWARDED_REPLY, CLIENTS, replyOut().to(GATEWAY_MAC));
        balancer.maintenance()
                .forEachCurrent(index -> assertThat(
                                NextHopTable.isUsable(balancer.nextHops().state(index)))
                        .as("hop %d is usable, if a packet went there", index)
                        .isEqualTo(balancer.nextHops().gateway0(index) == 0));
    }

    private static void storm(final PacketStage stage) {
        final TestBalancer balancer = stage.balancer();
        stage.establish();
        final int before = currentCount(balancer);
        for (int change = 0; change < 1_000; change++) {
            balancer.routes().add("172.16." + change % 200 + ".0", 3, SERVERS, "10.8.0." + (100 + change % 100));
            balancer.routesChanged();
        }
        assertThat(currentCount(balancer)).isEqualTo(before);
        balancer.learnNeighbour(CLIENTS, "192.0.2.254", GATEWAY_MAC);
        balancer.learnNeighbour(SERVERS, "10.8.0.254", OTHER_MAC);
        balancer.routes().add("192.0.2.10", 4, CLIENTS, "192.0.2.254");
        balancer.routes().add("10.8.0.11", 4, SERVERS, "10.8.0.254");
        balancer.routesChanged();
        stage.receive(SERVERS, reply())
                .leaves(FORWARDED_REPLY, CLIENTS, replyOut().to(GATEWAY_MAC));
        stage.receive(CLIENTS, request().flags(ACK))
                .leaves(FORWARDED_REQUEST, SERVERS, requestOut().flags(ACK).to(OTHER_MAC));
        balancer.maintenance()
                .forEachCurrent(index ->
                        assertThat(balancer.nextHops().state(index)).isNotEqualTo(NextHopDescriptor.STATE_STALE));
    }

    private static void spoofed(final PacketStage stage) {
        final TestBalancer balancer = stage.balancer();
        byte[] lastSent = null;
        for (int number = 1; number <= 3_000; number++) {
            lastSent = stage.receive(CLIENTS, tcp("2001:db8:1::" + Integer.toHexString(number), 1234, VIP6, 80))
                    .outcome()
                    .frame();
        }
        final int snatPort = ByteBuffer.wrap(lastSent).getShort(TCP_OVER_IPV6_OFFSET) & 0xffff;
        stage.receive(
                        SERVERS,
                        Frames.fromBackend(tcp(BACKEND6, 8080, SNAT6, snatPort)).flags(PacketBuilder.SYN | ACK))
                .ends(DROP_NEXT_HOPS_FULL);
        stage.receive(CLIENTS, request()).ends(DROP_NO_NEXT_HOP);
        balancer.learnNeighbour(SERVERS, "10.8.0.99", OTHER_MAC);
        assertThat(stage.receive(CLIENTS, request()).outcome().verdict()).isEqualTo(FORWARDED_REQUEST);
    }

    private static int currentCount(final TestBalancer balancer) {
        final int[] count = new int[1];
        balancer.maintenance().forEachCurrent(index -> count[0]++);
        return count[0];
    }
}
