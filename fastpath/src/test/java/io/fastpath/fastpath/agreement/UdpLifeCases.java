package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.UDP_SINGLE;
import static io.fastpath.kernelbpf.layout.FlowState.UDP_STREAM;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import java.util.List;

/** Datagrams have no handshake: the first one opens, and an answer makes a stream of it. */
final class UdpLifeCases {
    private UdpLifeCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase("a client's datagrams alone are a single flow, an answer makes it a stream", stage -> {
                    stage.receive(CLIENTS, query()).state(UDP_SINGLE).counts(FLOW_OPENED, 1);
                    stage.receive(CLIENTS, query()).state(UDP_SINGLE).counts(FLOW_OPENED, 0);
                    stage.receive(SERVERS, answer()).passes(FORWARDED_REPLY).state(UDP_STREAM);
                    stage.receive(CLIENTS, query()).state(UDP_STREAM);
                    stage.receive(SERVERS, answer()).state(UDP_STREAM).flows(1);
                }),
                packetCase("two client ports are two connections, with a source port each", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT, 1000, VIP, 90))
                            .leaves(FORWARDED_REQUEST, SERVERS, toBackend(udp(CLIENT, 1000, BACKEND, 9090)));
                    stage.receive(CLIENTS, udp(CLIENT, 1001, VIP, 90))
                            .leaves(FORWARDED_REQUEST, SERVERS, toBackend(udp(CLIENT, 1001, BACKEND, 9090)))
                            .flows(2);
                }),
                packetCase("TCP and UDP on one tuple are two connections", stage -> {
                    stage.receive(CLIENTS, PacketBuilder.tcp(CLIENT, 1000, VIP, 90));
                    stage.receive(CLIENTS, udp(CLIENT, 1000, VIP, 90))
                            .counts(FLOW_OPENED, 1)
                            .flows(2);
                }),
                packetCase(
                        "a backend's datagram that answers nothing is not ours",
                        stage -> stage.receive(SERVERS, answer())
                                .ends(DROP_NO_SERVICE)
                                .flows(0)),
                packetCase("an answer from another port than the backend's is not ours", stage -> {
                    stage.receive(CLIENTS, query());
                    stage.receive(SERVERS, fromBackend(udp(BACKEND, 8081, SNAT, 40000)))
                            .ends(DROP_NO_SERVICE)
                            .state(UDP_SINGLE);
                }),
                packetCase(
                        "a datagram from port 0 is carried like any other",
                        stage -> stage.receive(CLIENTS, udp(CLIENT, 0, VIP, 90))
                                .leaves(FORWARDED_REQUEST, SERVERS, toBackend(udp(CLIENT, 0, BACKEND, 9090)))),
                packetCase("datagrams of all lengths up to the MTU", stage -> {
                    for (int length = 0; length <= 1472; length += 1 + length / 7) {
                        stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90).payload(length))
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        toBackend(
                                                udp(CLIENT, 1234, BACKEND, 9090).payload(length)));
                    }
                }));
    }

    private static PacketBuilder query() {
        return udp(CLIENT, 1234, VIP, 80);
    }

    private static PacketBuilder answer() {
        return fromBackend(udp(BACKEND, 8080, SNAT, 40000));
    }
}
