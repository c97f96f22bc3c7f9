package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.SNAT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.replyOut;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.requestOut;
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Requests and replies, in both modes, both families, both protocols. */
final class TranslationCases {
    private TranslationCases() {}

    static List<PacketCase> all() {
        return Stream.of(fullNat(), otherModesAndFamilies(), checksums(), lengths(), recomputation())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> fullNat() {
        return List.of(
                packetCase(
                        "a SYN under full NAT goes to the backend from an address of the node",
                        stage -> stage.receive(CLIENTS, request())
                                .leaves(FORWARDED_REQUEST, SERVERS, requestOut())
                                .counts(FLOW_OPENED, 1)),
                packetCase(
                        "its reply goes to the client from the VIP, to the MAC that the client's frame had", stage -> {
                            stage.receive(CLIENTS, request());
                            stage.receive(SERVERS, reply()).leaves(FORWARDED_REPLY, CLIENTS, replyOut());
                        }),
                packetCase("data of odd length goes both ways", stage -> {
                    stage.establish();
                    stage.receive(CLIENTS, request().flags(ACK).payload(33))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    requestOut().flags(ACK).payload(33))
                            .counts(FLOW_OPENED, 0);
                    stage.receive(SERVERS, reply().flags(ACK).payload(1447))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    replyOut().flags(ACK).payload(1447));
                }),
                packetCase("a SYN sent again keeps its source port", stage -> {
                    stage.receive(CLIENTS, request());
                    stage.receive(CLIENTS, request())
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut())
                            .counts(FLOW_OPENED, 0);
                }));
    }

    private static List<PacketCase> otherModesAndFamilies() {
        return List.of(
                packetCase("under NAT only the destination changes, and the reply's source", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 90))
                            .leaves(FORWARDED_REQUEST, SERVERS, toBackend(tcp(CLIENT, 1234, BACKEND, 9090)));
                    stage.receive(
                                    SERVERS,
                                    fromBackend(tcp(BACKEND, 9090, CLIENT, 1234).flags(SYN | ACK)))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    toClient(tcp(VIP, 90, CLIENT, 1234).flags(SYN | ACK)));
                }),
                packetCase("IPv6 under full NAT", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80))
                            .leaves(FORWARDED_REQUEST, SERVERS, toBackend(tcp(SNAT6, 40000, BACKEND6, 8080)));
                    stage.receive(
                                    SERVERS,
                                    fromBackend(
                                            tcp(BACKEND6, 8080, SNAT6, 40000).flags(SYN | ACK)))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    toClient(tcp(VIP6, 80, CLIENT6, 1234).flags(SYN | ACK)));
                }),
                packetCase("IPv6 under NAT", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 90).payload(7))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    toBackend(udp(CLIENT6, 1234, BACKEND6, 9090).payload(7)));
                    stage.receive(SERVERS, fromBackend(udp(BACKEND6, 9090, CLIENT6, 1234)))
                            .leaves(FORWARDED_REPLY, CLIENTS, toClient(udp(VIP6, 90, CLIENT6, 1234)));
                }),
                packetCase("UDP under full NAT, with and without data", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80).payload(0))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    toBackend(udp(SNAT, 40000, BACKEND, 8080).payload(0)))
                            .counts(FLOW_OPENED, 1);
                    stage.receive(
                                    SERVERS,
                                    fromBackend(udp(BACKEND, 8080, SNAT, 40000).payload(99)))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    toClient(udp(VIP, 80, CLIENT, 1234).payload(99)));
                }));
    }

    private static List<PacketCase> checksums() {
        return List.of(
                packetCase("UDP without a checksum stays without, in both families", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80).withoutChecksum())
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    toBackend(udp(SNAT, 40000, BACKEND, 8080).withoutChecksum()));
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 80).withoutChecksum())
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    toBackend(udp(SNAT6, 40000, BACKEND6, 8080).withoutChecksum()));
                }),
                packetCase("a UDP checksum that comes out as 0 is sent as ffff", TranslationCases::computedZero),
                packetCase("a wrong TCP checksum stays wrong, for the backend to see", stage -> {
                    final byte[] sent = stage.receive(CLIENTS, request().patchFinal(20 + 16, 0x12, 0x34))
                            .outcome()
                            .frame();
                    assertWrongTcpChecksum(sent);
                }));
    }

    private static List<PacketCase> lengths() {
        return List.of(
                packetCase(
                        "IP options are carried along",
                        stage -> stage.receive(CLIENTS, request().options(3).payload(5))
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        requestOut().options(3).payload(5))),
                packetCase(
                        "what follows the IP packet in its frame is left off",
                        stage -> stage.receive(CLIENTS, request().trailer(6))
                                .leaves(FORWARDED_REQUEST, SERVERS, requestOut())),
                packetCase(
                        "bytes behind the datagram but within IP are carried along",
                        stage -> stage.receive(
                                        CLIENTS,
                                        udp(CLIENT, 1234, VIP, 80)
                                                .payload(8)
                                                .patchTransport(4, 0, 12)
                                                .withoutChecksum())
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        toBackend(udp(SNAT, 40000, BACKEND, 8080)
                                                        .payload(8)
                                                        .patchTransport(4, 0, 12))
                                                .withoutChecksum())));
    }

    private static List<PacketCase> recomputation() {
        return List.of(
                new PacketCase(
                        "checksums are computed afresh where senders leave them to offload",
                        recomputing(),
                        TranslationCases::recompute),
                new PacketCase(
                        "one that is computed afresh and comes out as 0 is sent as ffff too",
                        recomputing(),
                        TranslationCases::computedZero));
    }

    private static Supplier<TestBalancer> recomputing() {
        return () -> new TestBalancer()
                .usualServices()
                .interfaceFlags(
                        InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM);
    }

    private static void recompute(final PacketStage stage) {
        stage.receive(CLIENTS, request().payload(11).patchFinal(20 + 16, 0x12, 0x34))
                .leaves(FORWARDED_REQUEST, SERVERS, requestOut().payload(11));
        stage.receive(SERVERS, reply().patchFinal(20 + 16, 0, 0)).leaves(FORWARDED_REPLY, CLIENTS, replyOut());
        stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80).payload(3).patchFinal(20 + 6, 0x12, 0x34))
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        toBackend(udp(SNAT, 40000, BACKEND, 8080).payload(3)));
        stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80).payload(7).patchFinal(40 + 16, 0x12, 0x34))
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        toBackend(tcp(SNAT6, 40000, BACKEND6, 8080).payload(7)));
        stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 80).patchFinal(40 + 6, 0x12, 0x34))
                .leaves(FORWARDED_REQUEST, SERVERS, toBackend(udp(SNAT6, 40000, BACKEND6, 8080)));
        stage.receive(CLIENTS, udp(CLIENT, 1235, VIP, 90).withoutChecksum())
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        toBackend(udp(CLIENT, 1235, BACKEND, 9090).withoutChecksum()));
    }

    /** Two bytes of data are searched for with which the translated datagram sums up to 0. */
    private static void computedZero(final PacketStage stage) {
        for (int data = 0; data <= 0xffff; data++) {
            final byte[] payload = {(byte) (data >>> 8), (byte) data};
            final byte[] out =
                    toBackend(udp(SNAT, 40000, BACKEND, 8080).payload(payload)).build();
            if (out[14 + 20 + 6] == -1 && out[14 + 20 + 7] == -1) {
                stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80).payload(payload))
                        .leaves(FORWARDED_REQUEST, SERVERS, out);
                return;
            }
        }
        throw new AssertionError("some data must sum up to 0");
    }

    private static void assertWrongTcpChecksum(final byte[] frame) {
        final byte[] right = requestOut().build();
        if (frame[14 + 20 + 16] == right[14 + 20 + 16] && frame[14 + 20 + 17] == right[14 + 20 + 17]) {
            throw new AssertionError("the checksum was mended");
        }
    }
}
