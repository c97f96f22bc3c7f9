package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.error;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENT_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.INNER;
import static io.fastpath.fastpath.pipeline.TestBalancer.INNER6;
import static io.fastpath.fastpath.pipeline.TestBalancer.OWN;
import static io.fastpath.fastpath.pipeline.TestBalancer.OWN6;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_TOO_BIG;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ERROR_LIMIT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_LINK_GROUP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MTU;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Protocol;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** ICMP errors of the balancer's own. */
final class OwnErrorCases {
    private static final int PLENTY = 1000;
    private static final int BURST = 50;
    private static final int WHOLE = 2000;

    /** What of TCP and UDP is quoted of a long packet: up to 576 bytes in all, and 1280 in IPv6. */
    private static final int QUOTED = 576 - 28 - 20;

    private static final int QUOTED6 = 1280 - 48 - 40;

    private OwnErrorCases() {}

    static List<PacketCase> all() {
        return Stream.of(expired(), tooBig(), ways(), sources(), frames(), silence())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> expired() {
        return List.of(
                telling("a request whose TTL ran out is answered with time exceeded (RFC 1812, 5.3.1)", stage -> {
                    expires(stage, tcp(CLIENT, 1234, VIP, 80)).flows(0);
                    stage.establish();
                    expires(stage, tcp(CLIENT, 1234, VIP, 80).flags(ACK).payload(90));
                    expires(stage, udp(CLIENT, 1234, VIP, 90));
                    expires(stage, udp(CLIENT, 1234, VIP, 90).ttl(0), 0);
                }),
                telling("a request whose hop limit ran out is answered with time exceeded (RFC 4443, 3.3)", stage -> {
                    final PacketBuilder request = tcp(CLIENT6, 1234, VIP6, 80).ttl(1);
                    stage.receive(CLIENTS, request)
                            .leaves(ANSWERED_EXPIRED, CLIENTS, told(OWN6, CLIENT6, 3, 0, 0, request.quote(WHOLE)));
                }),
                telling("a backend hears of a reply whose TTL ran out", stage -> {
                    stage.establish();
                    final PacketBuilder reply = fromBackend(
                                    tcp(BACKEND, 8080, SNAT, 40000).flags(ACK).payload(9))
                            .ttl(1);
                    stage.receive(SERVERS, reply)
                            .leaves(
                                    ANSWERED_EXPIRED,
                                    SERVERS,
                                    inside(told(INNER, BACKEND, 11, 0, 0, reply.quote(WHOLE))));
                }));
    }

    private static List<PacketCase> tooBig() {
        return List.of(
                telling("a request larger than its way is answered with fragmentation needed (RFC 1191, 4)", stage -> {
                    final PacketBuilder first = udp(CLIENT, 1234, VIP, 80).payload(1473);
                    stage.receive(CLIENTS, first)
                            .leaves(ANSWERED_TOO_BIG, CLIENTS, told(OWN, CLIENT, 3, 4, 1500, first.quote(QUOTED)))
                            .flows(0);
                    stage.establish();
                    final PacketBuilder data =
                            tcp(CLIENT, 1234, VIP, 80).flags(ACK).payload(1461);
                    stage.receive(CLIENTS, data)
                            .leaves(ANSWERED_TOO_BIG, CLIENTS, told(OWN, CLIENT, 3, 4, 1500, data.quote(QUOTED)));
                    stage.receive(CLIENTS, data.patchNetwork(6, 0)) // without DF
                            .leaves(ANSWERED_TOO_BIG, CLIENTS, told(OWN, CLIENT, 3, 4, 1500, data.quote(QUOTED)));
                }),
                telling("a request larger than its way is answered with packet too big (RFC 4443, 3.2)", stage -> {
                    final PacketBuilder first = udp(CLIENT6, 1234, VIP6, 90).payload(1453);
                    stage.receive(CLIENTS, first)
                            .leaves(ANSWERED_TOO_BIG, CLIENTS, told(OWN6, CLIENT6, 2, 0, 1500, first.quote(QUOTED6)));
                }),
                telling("a backend hears of a reply that is larger than its way", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 90)).passes(FORWARDED_REQUEST);
                    final PacketBuilder reply =
                            fromBackend(udp(BACKEND, 9090, CLIENT, 1234).payload(1700));
                    stage.receive(SERVERS, reply)
                            .leaves(
                                    ANSWERED_TOO_BIG,
                                    SERVERS,
                                    inside(told(INNER, BACKEND, 3, 4, 1500, reply.quote(QUOTED))));
                    final PacketBuilder reply6 =
                            fromBackend(udp(BACKEND6, 9090, CLIENT6, 1234).payload(1700));
                    stage.receive(SERVERS, reply6)
                            .leaves(
                                    ANSWERED_TOO_BIG,
                                    SERVERS,
                                    inside(told(INNER6, BACKEND6, 2, 0, 1500, reply6.quote(QUOTED6))));
                }));
    }

    private static List<PacketCase> ways() {
        return List.of(
                new PacketCase(
                        "into IPv6 go 20 bytes less than its link takes, into IPv4 20 more (RFC 7915, 4.2 and 5.2)",
                        () -> FamilyCases.balancer().errorsPerSecond(PLENTY).ownAddresses(),
                        stage -> {
                            for (int round = 0; round < 2; round++) {
                                fills(stage, udp(CLIENT, 1234, VIP, 80), 1480 - 28, 1480);
                                fills6(stage, udp(CLIENT6, 1234, VIP6, 80), 1520 - 48, 1520);
                            }
                        }),
                new PacketCase(
                        "into a tunnel goes so much less as its headers take (RFC 2003, 5.1; RFC 2473, 7.1)",
                        () -> tunnels().errorsPerSecond(PLENTY).ownAddresses(),
                        stage -> {
                            for (int round = 0; round < 2; round++) {
                                fills(stage, udp(CLIENT, 1234, VIP, 71), 1480 - 28, 1480);
                                fills(stage, udp(CLIENT, 1234, VIP, 72), 1472 - 28, 1472);
                                fills(stage, udp(CLIENT, 1234, VIP, 73), 1460 - 28, 1460);
                                fills6(stage, udp(CLIENT6, 1234, VIP6, 71), 1460 - 48, 1460);
                                fills6(stage, udp(CLIENT6, 1234, VIP6, 72), 1452 - 48, 1452);
                                fills6(stage, udp(CLIENT6, 1234, VIP6, 73), 1480 - 48, 1480);
                            }
                        }),
                new PacketCase(
                        "dsr-l2 tells the MTU, and spends no time to live",
                        () -> new TestBalancer()
                                .service(Protocol.UDP, VIP, 70, Forwarding.DSR_L2, BACKEND, 70)
                                .errorsPerSecond(PLENTY)
                                .ownAddresses(),
                        stage -> {
                            fills(stage, udp(CLIENT, 1234, VIP, 70), 1500 - 28, 1500);
                            stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 70).ttl(1))
                                    .passes(FORWARDED_REQUEST);
                        }));
    }

    private static List<PacketCase> sources() {
        return List.of(new PacketCase(
                "where the interface has no address of the family, the VIP tells",
                () -> new TestBalancer().usualServices().errorsPerSecond(PLENTY),
                stage -> {
                    final PacketBuilder request = tcp(CLIENT, 1234, VIP, 80).ttl(1);
                    stage.receive(CLIENTS, request)
                            .leaves(ANSWERED_EXPIRED, CLIENTS, told(VIP, CLIENT, 11, 0, 0, request.quote(WHOLE)));
                    final PacketBuilder request6 = udp(CLIENT6, 1234, VIP6, 90).ttl(1);
                    stage.receive(CLIENTS, request6)
                            .leaves(ANSWERED_EXPIRED, CLIENTS, told(VIP6, CLIENT6, 3, 0, 0, request6.quote(WHOLE)));
                    stage.establish();
                    fromVip(stage, tcp(BACKEND, 8080, SNAT, 40000).flags(ACK), VIP, BACKEND, 11);
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90)).passes(FORWARDED_REQUEST);
                    fromVip(stage, udp(BACKEND, 9090, CLIENT, 1234), VIP, BACKEND, 11);
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 90)).passes(FORWARDED_REQUEST);
                    fromVip(stage, udp(BACKEND6, 9090, CLIENT6, 1234), VIP6, BACKEND6, 3);
                }));
    }

    private static List<PacketCase> frames() {
        return List.of(
                telling("the error goes back with the tags of its packet, and without the padding", stage -> {
                    final PacketBuilder tagged =
                            tcp(CLIENT, 1234, VIP, 80).ttl(1).vlan(7);
                    stage.receive(CLIENTS, tagged.trailer(9))
                            .leaves(
                                    ANSWERED_EXPIRED,
                                    CLIENTS,
                                    told(OWN, CLIENT, 11, 0, 0, withoutTrailer(tagged))
                                            .vlan(7));
                    final PacketBuilder twice =
                            tcp(CLIENT6, 1234, VIP6, 80).ttl(1).serviceVlan(100).vlan(7);
                    stage.receive(CLIENTS, twice)
                            .leaves(
                                    ANSWERED_EXPIRED,
                                    CLIENTS,
                                    told(OWN6, CLIENT6, 3, 0, 0, twice.quote(WHOLE))
                                            .serviceVlan(100)
                                            .vlan(7));
                }),
                telling("the quote is the packet as it came, options and wrong checksums included", stage -> {
                    expires(stage, tcp(CLIENT, 1234, VIP, 80).options(10).payload(33));
                    expires(stage, udp(CLIENT, 1234, VIP, 80).withoutChecksum());
                    expires(stage, tcp(CLIENT, 1234, VIP, 80).patchFinal(20 + 16, 1, 2));
                }),
                new PacketCase(
                        "the error has a right checksum where senders leave theirs to offload",
                        () -> new TestBalancer()
                                .usualServices()
                                .interfaceFlags(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, 0)
                                .errorsPerSecond(PLENTY)
                                .ownAddresses(),
                        stage -> expires(stage, tcp(CLIENT, 1234, VIP, 80).patchFinal(20 + 16, 1, 2))));
    }

    private static List<PacketCase> silence() {
        return List.of(
                telling("nobody is told of frames to a group, or from one (RFC 1812, 4.3.2.7)", stage -> {
                    drops(stage, tcp(CLIENT, 1234, VIP, 80).ttl(1).to("ff:ff:ff:ff:ff:ff"), DROP_LINK_GROUP);
                    drops(stage, tcp(CLIENT, 1234, VIP, 80).ttl(1).to("01:00:5e:00:00:01"), DROP_LINK_GROUP);
                    drops(stage, tcp(CLIENT, 1234, VIP, 80).ttl(1).from("03:aa:00:00:00:10"), DROP_LINK_GROUP);
                    drops(stage, udp(CLIENT, 1234, VIP, 80).payload(1473).to("ff:ff:ff:ff:ff:ff"), DROP_LINK_GROUP);
                    stage.establish();
                    drops(
                            stage,
                            tcp(CLIENT, 1234, VIP, 80).flags(ACK).ttl(1).to("ff:ff:ff:ff:ff:ff"),
                            DROP_TTL_EXPIRED);
                }),
                telling("nobody is told of an ICMP error (RFC 1812, 4.3.2.7; RFC 4443, 2.4)", stage -> {
                    stage.establish();
                    final byte[] quote = tcp(VIP, 80, CLIENT, 1234).quote(8);
                    drops(stage, error("203.0.113.9", VIP, 3, 1, 0, quote).ttl(1), DROP_TTL_EXPIRED);
                }),
                new PacketCase(
                        "errors are limited: a burst, then so many a second",
                        () -> new TestBalancer()
                                .usualServices()
                                .errorsPerSecond(1)
                                .ownAddresses(),
                        stage -> {
                            for (int i = 0; i < BURST; i++) {
                                expires(stage, tcp(CLIENT, 1234, VIP, 80));
                            }
                            drops(stage, tcp(CLIENT, 1234, VIP, 80).ttl(1), DROP_ERROR_LIMIT);
                            drops(stage, udp(CLIENT6, 1234, VIP6, 80).payload(1453), DROP_ERROR_LIMIT);
                        }),
                new PacketCase(
                        "where no errors are allowed, there is a drop and no more",
                        () -> new TestBalancer().usualServices().ownAddresses(),
                        stage -> {
                            drops(stage, tcp(CLIENT, 1234, VIP, 80).ttl(1), DROP_TTL_EXPIRED);
                            drops(stage, udp(CLIENT, 1234, VIP, 80).payload(1473), DROP_MTU);
                        }));
    }

    private static TestBalancer tunnels() {
        return new TestBalancer()
                .service(Protocol.UDP, VIP, 71, Forwarding.DSR_IPIP, BACKEND, 71)
                .service(Protocol.UDP, VIP, 72, Forwarding.DSR_GUE, BACKEND, 72)
                .service(Protocol.UDP, VIP, 73, Forwarding.DSR_IPIP, BACKEND6, 73)
                .service(Protocol.UDP, VIP6, 71, Forwarding.DSR_IPIP, BACKEND6, 71)
                .service(Protocol.UDP, VIP6, 72, Forwarding.DSR_GUE, BACKEND6, 72)
                .service(Protocol.UDP, VIP6, 73, Forwarding.DSR_IPIP, BACKEND, 73);
    }

    private static PacketCase telling(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(
                sentence,
                () -> new TestBalancer().usualServices().errorsPerSecond(PLENTY).ownAddresses(),
                script);
    }

    private static PacketStage.Received expires(final PacketStage stage, final PacketBuilder request) {
        return expires(stage, request, 1);
    }

    private static PacketStage.Received expires(
            final PacketStage stage, final PacketBuilder request, final int timeToLive) {
        return stage.receive(CLIENTS, request.ttl(timeToLive))
                .leaves(ANSWERED_EXPIRED, CLIENTS, told(OWN, CLIENT, 11, 0, 0, request.quote(WHOLE)));
    }

    private static void fromVip(
            final PacketStage stage,
            final PacketBuilder reply,
            final String vip,
            final String backend,
            final int type) {
        stage.receive(SERVERS, fromBackend(reply).ttl(1))
                .leaves(ANSWERED_EXPIRED, SERVERS, inside(told(vip, backend, type, 0, 0, reply.quote(WHOLE))));
    }

    /** So much payload goes; of a byte more the client is told. */
    private static void fills(final PacketStage stage, final PacketBuilder request, final int payload, final int mtu) {
        stage.receive(CLIENTS, request.payload(payload + 1))
                .leaves(ANSWERED_TOO_BIG, CLIENTS, told(OWN, CLIENT, 3, 4, mtu, request.quote(QUOTED)));
        stage.receive(CLIENTS, request.payload(payload)).passes(FORWARDED_REQUEST);
    }

    private static void fills6(final PacketStage stage, final PacketBuilder request, final int payload, final int mtu) {
        stage.receive(CLIENTS, request.payload(payload + 1))
                .leaves(ANSWERED_TOO_BIG, CLIENTS, told(OWN6, CLIENT6, 2, 0, mtu, request.quote(QUOTED6)));
        stage.receive(CLIENTS, request.payload(payload)).passes(FORWARDED_REQUEST);
    }

    private static void drops(final PacketStage stage, final PacketBuilder packet, final Counter drop) {
        stage.receive(CLIENTS, packet).ends(drop);
    }

    private static byte[] withoutTrailer(final PacketBuilder packet) {
        final byte[] quote = packet.trailer(0).quote(WHOLE);
        packet.trailer(9);
        return quote;
    }

    /** What the client gets to hear. */
    private static PacketBuilder told(
            final String source,
            final String destination,
            final int type,
            final int code,
            final int word,
            final byte[] quote) {
        final PacketBuilder error = error(source, destination, type, code, word, quote)
                .from(CLIENTS_MAC)
                .to(CLIENT_MAC)
                .ttl(64);
        return source.indexOf(':') < 0 ? error.patchNetwork(1, 0xc0).patchNetwork(4, 0, 0) : error;
    }

    /** The same for the backend. */
    private static PacketBuilder inside(final PacketBuilder error) {
        return error.from(SERVERS_MAC).to(BACKEND_MAC);
    }
}
