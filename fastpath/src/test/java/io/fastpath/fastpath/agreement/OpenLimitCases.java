package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.REMOTE_CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_OPEN_CLIENT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_OPEN_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_SYN_MOVED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import java.time.Duration;
import java.util.List;

/** Connections beyond those that a service, or a client of it, may have open. */
final class OpenLimitCases {
    private static final String OTHER = "10.8.0.12";

    private OpenLimitCases() {}

    static List<PacketCase> all() {
        return List.of(
                new PacketCase(
                        "a service has as many connections as it may, and gets others as they end",
                        () -> balancer(3, 0),
                        OpenLimitCases::service),
                new PacketCase(
                        "each client has as many as it may; what is no SYN is told from that",
                        () -> balancer(0, 2),
                        OpenLimitCases::clients),
                new PacketCase("a /64 of IPv6 is one client", () -> balancer(0, 2), stage -> {
                    for (int i = 1; i <= 2; i++) {
                        stage.receive(CLIENTS, tcp("2001:db8:1::" + i, 1000, VIP6, 80))
                                .counts(FLOW_OPENED, 1);
                    }
                    stage.receive(CLIENTS, tcp("2001:db8:1::3", 1000, VIP6, 80)).ends(DROP_OPEN_CLIENT);
                }),
                new PacketCase(
                        "services are counted apart, and so is a client at each", () -> balancer(2, 2), stage -> {
                            for (int port = 1; port <= 2; port++) {
                                stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80))
                                        .counts(FLOW_OPENED, 1);
                                stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80))
                                        .counts(FLOW_OPENED, 1);
                            }
                            stage.receive(CLIENTS, tcp(CLIENT, 3, VIP, 80)).ends(DROP_OPEN_CLIENT);
                            stage.receive(CLIENTS, udp(REMOTE_CLIENT, 3, VIP, 80))
                                    .ends(DROP_OPEN_SERVICE);
                        }),
                new PacketCase(
                        "a connection whose SYN goes to another backend is still one",
                        () -> balancer(1, 1).synTries(1),
                        stage -> {
                            stage.receive(CLIENTS, tcp(CLIENT, 1, VIP, 80)).counts(FLOW_OPENED, 1);
                            stage.receive(CLIENTS, tcp(CLIENT, 1, VIP, 80))
                                    .passes(FORWARDED_REQUEST)
                                    .counts(FLOW_SYN_MOVED, 1);
                            stage.receive(CLIENTS, tcp(CLIENT, 2, VIP, 80)).ends(DROP_OPEN_CLIENT);
                            stage.receive(CLIENTS, tcp(REMOTE_CLIENT, 2, VIP, 80))
                                    .ends(DROP_OPEN_SERVICE);
                        }));
    }

    private static TestBalancer balancer(final int limit, final int clientLimit) {
        return new TestBalancer()
                .neighbour(OTHER, "02:bb:00:00:00:12")
                .snatPorts(40000, 40099)
                .openLimits(limit, clientLimit)
                .service(Protocol.TCP, VIP, 80, Forwarding.FULL_NAT, BACKEND, 8080, OTHER, 8080)
                .service(Protocol.UDP, VIP, 80, Forwarding.FULL_NAT, BACKEND, 8080, OTHER, 8080)
                .service(Protocol.TCP, VIP6, 80, Forwarding.FULL_NAT, "2001:db8:8::11", 8080);
    }

    private static void service(final PacketStage stage) {
        for (int port = 1; port <= 3; port++) {
            stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80)).counts(FLOW_OPENED, 1);
        }
        stage.receive(CLIENTS, udp(REMOTE_CLIENT, 4, VIP, 80))
                .ends(DROP_OPEN_SERVICE)
                .flows(3);
        stage.receive(CLIENTS, udp(CLIENT, 2, VIP, 80)).passes(FORWARDED_REQUEST);
        stage.elapse(Duration.ofMinutes(2));
        IdleCases.sweep(stage);
        for (int port = 5; port <= 7; port++) {
            stage.receive(CLIENTS, udp(REMOTE_CLIENT, port, VIP, 80)).counts(FLOW_OPENED, 1);
        }
        stage.receive(CLIENTS, udp(CLIENT, 8, VIP, 80)).ends(DROP_OPEN_SERVICE).flows(3);
    }

    private static void clients(final PacketStage stage) {
        for (int port = 1; port <= 2; port++) {
            stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80)).counts(FLOW_OPENED, 1);
        }
        stage.receive(CLIENTS, tcp(CLIENT, 3, VIP, 80)).ends(DROP_OPEN_CLIENT);
        stage.receive(CLIENTS, tcp(CLIENT, 3, VIP, 80).flags(ACK)).ends(DROP_NO_FLOW);
        stage.receive(CLIENTS, tcp(REMOTE_CLIENT, 3, VIP, 80))
                .counts(FLOW_OPENED, 1)
                .flows(3);
    }
}
