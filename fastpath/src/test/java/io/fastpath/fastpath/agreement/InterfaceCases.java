package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.replyOut;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.requestOut;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.Counter.RX_BYTES;

import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Protocol;
import java.util.List;
import java.util.stream.Stream;

/** Frames that come in and go out by other interfaces, or with other headers, than their connection began with. */
final class InterfaceCases {
    private InterfaceCases() {}

    static List<PacketCase> all() {
        return Stream.of(ways(), headers()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> ways() {
        return List.of(
                new PacketCase(
                        "a backend on the clients' own link is reached back over it",
                        InterfaceCases::oneArm,
                        InterfaceCases::playOneArm),
                packetCase("a reply that comes in on the clients' side goes out there again", stage -> {
                    stage.receive(CLIENTS, request());
                    stage.receive(CLIENTS, reply()).leaves(FORWARDED_REPLY, CLIENTS, replyOut());
                }),
                packetCase(
                        "a request that comes in on the servers' side leaves on it",
                        stage -> stage.receive(SERVERS, request()).leaves(FORWARDED_REQUEST, SERVERS, requestOut())),
                packetCase("a connection's later segments may come in elsewhere", stage -> {
                    stage.establish();
                    stage.receive(SERVERS, request().flags(ACK))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut().flags(ACK));
                    stage.receive(SERVERS, reply().flags(ACK))
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().flags(ACK));
                }));
    }

    private static List<PacketCase> headers() {
        return List.of(
                packetCase("a reply with tags loses them, and gets the client's", stage -> {
                    stage.receive(CLIENTS, request().serviceVlan(20).vlan(100));
                    stage.receive(SERVERS, reply().vlan(7))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    replyOut().serviceVlan(20).vlan(100));
                    stage.receive(SERVERS, reply().serviceVlan(7).vlan(8))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    replyOut().serviceVlan(20).vlan(100));
                }),
                packetCase("a tagged frame with options, padding and odd data, there and back", stage -> {
                    stage.receive(
                                    CLIENTS,
                                    request().vlan(100).options(2).payload(5).trailer(11))
                            .counts(RX_BYTES, 14 + 4 + 28 + 20 + 5 + 11)
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    requestOut().options(2).payload(5));
                    stage.receive(SERVERS, reply().options(10).payload(3).trailer(1))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    replyOut().options(10).payload(3).vlan(100));
                }),
                packetCase("the sender's MAC of a later segment is not learned from", stage -> {
                    stage.establish();
                    stage.receive(CLIENTS, request().flags(ACK).from("02:aa:00:00:00:99"));
                    stage.receive(SERVERS, reply().flags(ACK))
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().flags(ACK));
                }),
                new PacketCase(
                        "checksums are computed afresh for one side's frames only",
                        () -> new TestBalancer()
                                .usualServices()
                                .interfaceFlags(0, InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM),
                        stage -> {
                            final byte[] right = requestOut().build();
                            stage.receive(CLIENTS, request().patchFinal(20 + 16, 0x12, 0x34))
                                    .passes(FORWARDED_REQUEST)
                                    .differsAt(right, 14 + 20 + 16);
                            stage.receive(SERVERS, reply().patchFinal(20 + 16, 0x12, 0x34))
                                    .leaves(FORWARDED_REPLY, CLIENTS, replyOut());
                        }));
    }

    private static TestBalancer oneArm() {
        return new TestBalancer()
                .service(Protocol.TCP, VIP, 80, Forwarding.NAT, "192.0.2.80", 8080)
                .neighbourOfClients("192.0.2.80", "02:bb:00:00:00:80");
    }

    private static void playOneArm(final PacketStage stage) {
        stage.receive(CLIENTS, request())
                .leaves(
                        FORWARDED_REQUEST,
                        CLIENTS,
                        tcp(CLIENT, 1234, "192.0.2.80", 8080)
                                .from(TestBalancer.CLIENTS_MAC)
                                .to("02:bb:00:00:00:80")
                                .ttl(63));
        stage.receive(
                        CLIENTS,
                        tcp("192.0.2.80", 8080, CLIENT, 1234)
                                .flags(PacketBuilder.SYN | ACK)
                                .from("02:bb:00:00:00:80"))
                .leaves(FORWARDED_REPLY, CLIENTS, Frames.replyOut());
    }
}
