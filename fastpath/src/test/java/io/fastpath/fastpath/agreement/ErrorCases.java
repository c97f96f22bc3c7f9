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
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.error;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_ERROR;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.time.Duration;
import java.util.List;

/** ICMP errors about translated packets: whom they reach, what they quote then, and which reach nobody. */
final class ErrorCases {
    /** A router on the way to clients, or to backends. */
    private static final String ROUTER = "203.0.113.9";

    private static final String ROUTER6 = "2001:db8:9::9";
    private static final int WHOLE = 2000;
    private static final int EIGHT = 8;

    private ErrorCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase(
                        "fragmentation needed about a reply reaches the backend (RFC 1191, 3)", ErrorCases::aboutReply),
                packetCase(
                        "errors about requests reach the client as from the VIP (RFC 5508, REQ-5)",
                        ErrorCases::aboutRequest),
                packetCase(
                        "where the client's address stays, a router's does towards the backend",
                        ErrorCases::clientStays),
                packetCase("a quoted UDP checksum of 0 stays (RFC 768)", ErrorCases::noUdpChecksum),
                packetCase(
                        "packet too big about a reply reaches the backend (RFC 4443, 3.2)", ErrorCases::aboutReplyV6),
                packetCase("ICMPv6 errors about requests reach the client (RFC 4443, 2.4)", ErrorCases::aboutRequestV6),
                packetCase(
                        "options in the quoted header and in the outer one are passed over (RFC 5508, REQ-3)",
                        ErrorCases::options),
                packetCase("an error keeps no connection alive (RFC 5508, REQ-6)", ErrorCases::keepsNothingAlive),
                new PacketCase(
                        "an error without its checksum gets one, where checksums are recomputed",
                        () -> new TestBalancer()
                                .usualServices()
                                .interfaceFlags(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, 0),
                        ErrorCases::recomputed));
    }

    private static void aboutReply(final PacketStage stage) {
        stage.establish();
        for (final int length : new int[] {EIGHT, 16, 18, 19, WHOLE}) {
            stage.receive(
                            CLIENTS,
                            error(ROUTER, VIP, 3, 4, 1280, sentToClient(80).quote(length)))
                    .leaves(FORWARDED_ERROR, SERVERS, toBackend(error(SNAT, BACKEND, 3, 4, 1280, quoteAsSent(length))))
                    .state(TCP_ESTABLISHED);
        }
    }

    private static void aboutRequest(final PacketStage stage) {
        stage.establish();
        for (final int length : new int[] {EIGHT, 18, WHOLE}) {
            final byte[] quote =
                    tcp(SNAT, 40000, BACKEND, 8080).flags(ACK).payload(90).quote(length);
            final byte[] sent =
                    tcp(CLIENT, 1234, VIP, 80).flags(ACK).payload(90).quote(length);
            stage.receive(SERVERS, fromBackend(error(ROUTER, SNAT, 11, 0, 0, quote)))
                    .leaves(FORWARDED_ERROR, CLIENTS, toClient(error(VIP, CLIENT, 11, 0, 0, sent)));
            stage.receive(SERVERS, fromBackend(error(BACKEND, SNAT, 3, 3, 0, quote)))
                    .leaves(FORWARDED_ERROR, CLIENTS, toClient(error(VIP, CLIENT, 3, 3, 0, sent)));
        }
    }

    private static void clientStays(final PacketStage stage) {
        stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90)).passes(FORWARDED_REQUEST);
        stage.receive(
                        CLIENTS,
                        error(ROUTER, VIP, 12, 0, 7, udp(VIP, 90, CLIENT, 1234).quote(EIGHT)))
                .leaves(
                        FORWARDED_ERROR,
                        SERVERS,
                        toBackend(error(
                                ROUTER,
                                BACKEND,
                                12,
                                0,
                                7,
                                udp(BACKEND, 9090, CLIENT, 1234).quote(EIGHT))));
        stage.receive(
                        SERVERS,
                        fromBackend(error(
                                BACKEND,
                                CLIENT,
                                3,
                                3,
                                0,
                                udp(CLIENT, 1234, BACKEND, 9090).quote(WHOLE))))
                .leaves(
                        FORWARDED_ERROR,
                        CLIENTS,
                        toClient(error(
                                VIP, CLIENT, 3, 3, 0, udp(CLIENT, 1234, VIP, 90).quote(WHOLE))));
    }

    private static void noUdpChecksum(final PacketStage stage) {
        stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90)).passes(FORWARDED_REQUEST);
        stage.receive(
                        SERVERS,
                        fromBackend(error(
                                BACKEND,
                                CLIENT,
                                3,
                                3,
                                0,
                                udp(CLIENT, 1234, BACKEND, 9090)
                                        .withoutChecksum()
                                        .quote(WHOLE))))
                .leaves(
                        FORWARDED_ERROR,
                        CLIENTS,
                        toClient(error(
                                VIP,
                                CLIENT,
                                3,
                                3,
                                0,
                                udp(CLIENT, 1234, VIP, 90).withoutChecksum().quote(WHOLE))));
    }

    private static void aboutReplyV6(final PacketStage stage) {
        stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80)).passes(FORWARDED_REQUEST);
        for (final int length : new int[] {EIGHT, 18, WHOLE}) {
            final byte[] quote = tcp(VIP6, 80, CLIENT6, 1234).payload(99).quote(length);
            final byte[] sent = tcp(BACKEND6, 8080, SNAT6, 40000).payload(99).quote(length);
            stage.receive(CLIENTS, error(ROUTER6, VIP6, 2, 0, 1280, quote))
                    .leaves(FORWARDED_ERROR, SERVERS, toBackend(error(SNAT6, BACKEND6, 2, 0, 1280, sent)));
        }
    }

    private static void aboutRequestV6(final PacketStage stage) {
        stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 90)).passes(FORWARDED_REQUEST);
        for (int type = 1; type <= 4; type++) {
            stage.receive(
                            SERVERS,
                            fromBackend(error(
                                    ROUTER6,
                                    CLIENT6,
                                    type,
                                    0,
                                    0,
                                    udp(CLIENT6, 1234, BACKEND6, 9090).quote(WHOLE))))
                    .leaves(
                            FORWARDED_ERROR,
                            CLIENTS,
                            toClient(error(
                                    VIP6,
                                    CLIENT6,
                                    type,
                                    0,
                                    0,
                                    udp(CLIENT6, 1234, VIP6, 90).quote(WHOLE))));
        }
    }

    private static void options(final PacketStage stage) {
        stage.establish();
        stage.receive(
                        CLIENTS,
                        error(
                                        ROUTER,
                                        VIP,
                                        3,
                                        4,
                                        1280,
                                        sentToClient(80).options(10).quote(EIGHT))
                                .options(10)
                                .serviceVlan(7)
                                .vlan(8))
                .leaves(
                        FORWARDED_ERROR,
                        SERVERS,
                        toBackend(error(
                                        SNAT,
                                        BACKEND,
                                        3,
                                        4,
                                        1280,
                                        sentByBackend().options(10).quote(EIGHT))
                                .options(10)));
    }

    private static void keepsNothingAlive(final PacketStage stage) {
        stage.establish();
        stage.elapse(Duration.ofSeconds(50));
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 1, 0, sentToClient(80).quote(EIGHT)))
                .passes(FORWARDED_ERROR)
                .state(TCP_ESTABLISHED)
                .flows(1);
    }

    private static void recomputed(final PacketStage stage) {
        stage.establish();
        stage.receive(
                        CLIENTS,
                        error(ROUTER, VIP, 3, 4, 1280, sentToClient(80).quote(WHOLE))
                                .patchFinal(22, 1, 2))
                .leaves(FORWARDED_ERROR, SERVERS, toBackend(error(SNAT, BACKEND, 3, 4, 1280, quoteAsSent(WHOLE))));
    }

    /** A reply as a router on the way to the client saw it. */
    private static PacketBuilder sentToClient(final int vipPort) {
        return tcp(VIP, vipPort, CLIENT, 1234).flags(ACK).payload(100);
    }

    /** The same as its backend sent it, but for the TTL. */
    private static PacketBuilder sentByBackend() {
        return tcp(BACKEND, 8080, SNAT, 40000).flags(ACK).payload(100);
    }

    private static byte[] quoteAsSent(final int length) {
        return sentByBackend().quote(length);
    }
}
