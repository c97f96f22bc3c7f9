package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.error;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MTU;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NOT_ON_LINK;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_STATE;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_REOPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_ERROR;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_CLOSE;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_FIN_WAIT;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_SENT;
import static io.fastpath.kernelbpf.layout.FlowState.UDP_SINGLE;
import static io.fastpath.kernelbpf.layout.FlowState.UDP_STREAM;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Protocol;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** dsr-l2, and what all modes have in common in which the backend answers the client itself. */
final class DirectCases {
    private static final String OTHER_VIP = "10.7.0.101";
    private static final String FAR_BACKEND = "10.6.0.11";
    private static final String ROUTER = "10.8.0.254";
    private static final String ROUTER_MAC = "02:bb:00:00:00:fe";

    private DirectCases() {}

    static List<PacketCase> all() {
        return Stream.of(frames(), errors(), ways(), oneWayTcp(), oneWayUdp())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> frames() {
        return List.of(
                direct("dsr-l2 changes MAC addresses and nothing else, TTL included", stage -> {
                    passes(stage, request().ttl(64), sent(request().ttl(64))).counts(FLOW_OPENED, 1);
                    passes(
                            stage,
                            data().ttl(1).options(2).payload(33),
                            sent(data().ttl(1).options(2).payload(33)));
                }),
                direct(
                        "dsr-l2 sends a first packet on that has one hop left",
                        stage -> passes(stage, request().ttl(1), sent(request().ttl(1)))
                                .flows(1)),
                direct("dsr-l2 over IPv6 leaves the hop limit", stage -> {
                    passes(
                            stage,
                            tcp(CLIENT6, 1234, VIP6, 70).ttl(1),
                            sent(tcp(CLIENT6, 1234, VIP6, 70).ttl(1)));
                    passes(stage, udp(CLIENT6, 5, VIP6, 70), sent(udp(CLIENT6, 5, VIP6, 70)));
                }),
                direct("dsr-l2 leaves UDP's checksum as it is, be it none", stage -> {
                    passes(stage, udp(CLIENT, 5, VIP, 70), sent(udp(CLIENT, 5, VIP, 70)));
                    passes(
                            stage,
                            udp(CLIENT, 5, VIP, 70).withoutChecksum(),
                            sent(udp(CLIENT, 5, VIP, 70).withoutChecksum()));
                }),
                direct("dsr-l2 cuts the padding, and takes off the client's tag", stage -> {
                    passes(stage, request().trailer(6), sent(request()));
                    passes(stage, data().vlan(7), sent(data()));
                }),
                new PacketCase(
                        "dsr-l2 computes a checksum that the sender left to offload",
                        () -> balancer().interfaceFlags(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, 0),
                        stage -> {
                            passes(stage, request().patchFinal(20 + 16, 1, 2), sent(request()));
                            passes(stage, data().payload(777).patchFinal(20 + 16, 1, 2), sent(data().payload(777)));
                            passes(
                                    stage,
                                    udp(CLIENT6, 5, VIP6, 70).payload(9).patchFinal(40 + 6, 1, 2),
                                    sent(udp(CLIENT6, 5, VIP6, 70).payload(9)));
                        }));
    }

    private static List<PacketCase> errors() {
        return List.of(direct(
                "dsr-l2 hands an ICMP error about a backend's packet to the backend as it came", stage -> {
                    passes(stage, request(), sent(request()));
                    final PacketBuilder error = error(
                            "203.0.113.9",
                            VIP,
                            3,
                            4,
                            1280,
                            tcp(VIP, 70, CLIENT, 1234).quote(8));
                    stage.receive(CLIENTS, error).leaves(FORWARDED_ERROR, SERVERS, sent(error));
                    passes(stage, tcp(CLIENT6, 1234, VIP6, 70), sent(tcp(CLIENT6, 1234, VIP6, 70)));
                    final PacketBuilder tooBig = error(
                            "2001:db8:9::9",
                            VIP6,
                            2,
                            0,
                            1280,
                            tcp(VIP6, 70, CLIENT6, 1234).quote(8));
                    stage.receive(CLIENTS, tooBig.ttl(1)).leaves(FORWARDED_ERROR, SERVERS, sent(tooBig));
                }));
    }

    private static List<PacketCase> ways() {
        return List.of(
                new PacketCase(
                        "dsr-l2 sends nothing to a backend behind a router, which would send it back",
                        DirectCases::withRouter,
                        stage -> stage.receive(CLIENTS, request())
                                .ends(DROP_NOT_ON_LINK)
                                .flows(0)),
                direct("dsr-l2 drops what is larger than the way out", stage -> {
                    passes(stage, data(), DROP_NO_FLOW);
                    passes(stage, request(), sent(request()));
                    passes(stage, data().payload(1461), DROP_MTU);
                    passes(stage, data().payload(1460), sent(data().payload(1460)));
                }),
                direct("one client port reaches two VIPs of one backend", stage -> {
                    passes(stage, request(), sent(request())).flows(1);
                    passes(stage, tcp(CLIENT, 1234, OTHER_VIP, 70), sent(tcp(CLIENT, 1234, OTHER_VIP, 70)))
                            .flows(2);
                }),
                direct("a reply that is routed through the node goes on to the client", stage -> {
                    passes(stage, request(), sent(request()));
                    reply(stage, SYN | ACK).state(TCP_SYN_SENT);
                    passes(stage, data(), sent(data())).state(TCP_ESTABLISHED);
                    reply(stage, FIN | ACK).state(TCP_ESTABLISHED);
                    reply(stage, RST).state(TCP_CLOSE);
                    stage.receive(SERVERS, fromBackend(tcp(VIP, 70, CLIENT, 1234)))
                            .ends(DROP_TCP_STATE);
                }));
    }

    private static List<PacketCase> oneWayTcp() {
        return List.of(
                direct("of one side alone, the client's ACK tells that the handshake is done", stage -> {
                    passes(stage, request(), sent(request())).state(TCP_SYN_SENT);
                    passes(stage, request(), sent(request())).state(TCP_SYN_SENT);
                    passes(stage, data(), sent(data())).state(TCP_ESTABLISHED);
                    passes(stage, data().payload(9), sent(data().payload(9))).state(TCP_ESTABLISHED);
                }),
                direct("the client's FIN closes, its ACKs go on, and a SYN after it is a new connection", stage -> {
                    passes(stage, request(), sent(request()));
                    passes(stage, data(), sent(data()));
                    passes(stage, flags(FIN | ACK), sent(flags(FIN | ACK))).state(TCP_FIN_WAIT);
                    passes(stage, flags(FIN | ACK), sent(flags(FIN | ACK))).state(TCP_FIN_WAIT);
                    passes(stage, data(), sent(data())).state(TCP_FIN_WAIT);
                    passes(stage, request(), sent(request()))
                            .counts(FLOW_REOPENED, 1)
                            .state(TCP_SYN_SENT)
                            .flows(1);
                    passes(stage, data(), sent(data())).state(TCP_ESTABLISHED);
                }),
                direct("the client's RST closes, and a SYN after it is a new connection", stage -> {
                    passes(stage, request(), sent(request()));
                    passes(stage, data(), sent(data()));
                    passes(stage, flags(RST), sent(flags(RST))).state(TCP_CLOSE);
                    passes(stage, data(), sent(data())).state(TCP_CLOSE);
                    passes(stage, request(), sent(request()))
                            .counts(FLOW_REOPENED, 1)
                            .state(TCP_SYN_SENT);
                }),
                direct(
                        "a SYN into a running connection passes, for the backend's challenge ACK (RFC 5961, 4)",
                        stage -> {
                            passes(stage, request(), sent(request()));
                            passes(stage, data(), sent(data()));
                            passes(stage, request(), sent(request()))
                                    .counts(FLOW_REOPENED, 0)
                                    .state(TCP_ESTABLISHED);
                        }),
                direct("a client that answers a SYN it never got is refused", stage -> {
                    passes(stage, request(), sent(request()));
                    passes(stage, flags(SYN | ACK), DROP_TCP_STATE).state(TCP_SYN_SENT);
                }));
    }

    private static List<PacketCase> oneWayUdp() {
        return List.of(direct("a client's second datagram makes a stream where replies are not seen", stage -> {
            final PacketBuilder datagram = udp(CLIENT, 5, VIP, 70);
            passes(stage, datagram, sent(udp(CLIENT, 5, VIP, 70))).state(UDP_SINGLE);
            passes(stage, datagram, sent(udp(CLIENT, 5, VIP, 70))).state(UDP_STREAM);
            passes(stage, datagram, sent(udp(CLIENT, 5, VIP, 70)))
                    .state(UDP_STREAM)
                    .flows(1);
        }));
    }

    private static TestBalancer balancer() {
        final TestBalancer balancer = new TestBalancer();
        for (final Protocol protocol : Protocol.values()) {
            balancer.service(protocol, VIP, 70, Forwarding.DSR_L2, BACKEND, 70);
            balancer.service(protocol, VIP6, 70, Forwarding.DSR_L2, BACKEND6, 70);
        }
        return balancer.service(Protocol.TCP, OTHER_VIP, 70, Forwarding.DSR_L2, BACKEND, 70);
    }

    private static TestBalancer withRouter() {
        final TestBalancer balancer = new TestBalancer()
                .service(Protocol.TCP, VIP, 70, Forwarding.DSR_L2, FAR_BACKEND, 70)
                .neighbour(ROUTER, ROUTER_MAC);
        balancer.routes().add("10.6.0.0", 3, SERVERS, ROUTER);
        return balancer;
    }

    private static PacketCase direct(final String sentence, final Consumer<PacketStage> script) {
        final Supplier<TestBalancer> balancer = DirectCases::balancer;
        return new PacketCase(sentence, balancer, script);
    }

    private static PacketBuilder request() {
        return tcp(CLIENT, 1234, VIP, 70);
    }

    private static PacketBuilder flags(final int flags) {
        return request().flags(flags);
    }

    private static PacketBuilder data() {
        return flags(ACK);
    }

    private static PacketBuilder sent(final PacketBuilder packet) {
        return packet.from(SERVERS_MAC).to(BACKEND_MAC);
    }

    private static PacketStage.Received passes(
            final PacketStage stage, final PacketBuilder in, final PacketBuilder out) {
        return stage.receive(CLIENTS, in).leaves(FORWARDED_REQUEST, SERVERS, out);
    }

    private static PacketStage.Received passes(final PacketStage stage, final PacketBuilder in, final Counter drop) {
        return stage.receive(CLIENTS, in).ends(drop);
    }

    private static PacketStage.Received reply(final PacketStage stage, final int flags) {
        return stage.receive(SERVERS, fromBackend(tcp(VIP, 70, CLIENT, 1234).flags(flags)))
                .leaves(
                        FORWARDED_REPLY,
                        CLIENTS,
                        toClient(tcp(VIP, 70, CLIENT, 1234).flags(flags)));
    }
}
