package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_ECHO;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ARP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_VIP_SOURCE;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.ArpBuilder;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.Vip;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Services for ranges of ports, for all ports, and for prefixes of addresses. */
final class WideServiceCases {
    private WideServiceCases() {}

    static List<PacketCase> all() {
        return Stream.of(ports(), prefixes()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> ports() {
        return List.of(
                wideCase("port: 8000-8100 keeps the client's port where the backend has none", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 8042))
                            .leaves(FORWARDED_REQUEST, SERVERS, toBackend(tcp(SNAT, 40000, "10.8.0.11", 8042)))
                            .counts(FLOW_OPENED, 1);
                    stage.receive(
                                    SERVERS,
                                    fromBackend(
                                            tcp("10.8.0.11", 8042, SNAT, 40000).flags(SYN | ACK)))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    toClient(tcp(VIP, 8042, CLIENT, 1234).flags(SYN | ACK)));
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 8042).flags(ACK))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    toBackend(
                                            tcp(SNAT, 40000, "10.8.0.11", 8042).flags(ACK)))
                            .counts(FLOW_OPENED, 0);
                }),
                wideCase("port: 8000-8100 ends at its ends, and is of one protocol", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1, VIP, 8000)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, tcp(CLIENT, 2, VIP, 8100)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, tcp(CLIENT, 3, VIP, 7999)).ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, tcp(CLIENT, 4, VIP, 8101)).ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, tcp(CLIENT, 5, VIP, 0)).ends(DROP_NO_SERVICE);
                }),
                wideCase("the port wins over a range, and a range over any", stage -> {
                    goesTo(stage, udp(CLIENT, 1, VIP, 53), "10.8.0.12", 5353);
                    goesTo(stage, udp(CLIENT, 2, VIP, 54), "10.8.0.13", 54);
                    goesTo(stage, udp(CLIENT, 3, VIP, 99), "10.8.0.11", 99);
                    goesTo(stage, udp(CLIENT, 4, VIP, 65535), "10.8.0.11", 65535);
                    stage.receive(CLIENTS, udp(CLIENT, 5, VIP, 0)).ends(DROP_NO_SERVICE);
                }));
    }

    private static List<PacketCase> prefixes() {
        return List.of(
                wideCase("vip: 10.9.0.0/24 has all its addresses, and the longest prefix with the port wins", stage -> {
                    goesTo(stage, udp(CLIENT, 1, "10.9.0.0", 53), "10.8.0.12", 53);
                    goesTo(stage, udp(CLIENT, 2, "10.9.0.255", 53), "10.8.0.12", 53);
                    goesTo(stage, udp(CLIENT, 3, "10.9.1.0", 53), "10.8.0.13", 53);
                    goesTo(stage, udp(CLIENT, 4, "10.9.0.255", 54), "10.8.0.13", 54);
                    goesTo(stage, udp(CLIENT, 5, "10.9.0.9", 53), "10.8.0.11", 5353);
                    goesTo(stage, udp(CLIENT, 6, "10.9.0.9", 54), "10.8.0.13", 54);
                    stage.receive(CLIENTS, udp(CLIENT, 7, "10.10.0.0", 53)).ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, tcp(CLIENT, 8, "10.9.0.0", 53)).ends(DROP_NO_SERVICE);
                }),
                wideCase(
                        "vip: 2001:db8:9::/64 has all its addresses, and replies come from the one that was asked",
                        stage -> {
                            stage.receive(CLIENTS, udp(CLIENT6, 1, "2001:db8:9:0:1:2:3:4", 443))
                                    .leaves(
                                            FORWARDED_REQUEST,
                                            SERVERS,
                                            toBackend(udp(CLIENT6, 1, "2001:db8:8::11", 443)));
                            stage.receive(SERVERS, fromBackend(udp("2001:db8:8::11", 443, CLIENT6, 1)))
                                    .leaves(
                                            FORWARDED_REPLY,
                                            CLIENTS,
                                            toClient(udp("2001:db8:9:0:1:2:3:4", 443, CLIENT6, 1)));
                            stage.receive(CLIENTS, udp(CLIENT6, 1, "2001:db8:9:1::", 443))
                                    .ends(DROP_NO_SERVICE);
                        }),
                wideCase("a prefix VIP answers echo, but is nobody's neighbour", stage -> {
                    stage.receive(CLIENTS, PacketBuilder.echo(CLIENT, "10.9.0.77", false))
                            .passes(ANSWERED_ECHO);
                    stage.receive(CLIENTS, arp("10.9.0.77")).ends(DROP_ARP);
                    stage.receive(
                                    CLIENTS,
                                    PacketBuilder.solicitation(CLIENT6, "ff02::1:ff00:7", "2001:db8:9::7")
                                            .payload(PacketBuilder.linkOption(1, "02:aa:00:00:00:10")))
                            .ends(DROP_NO_SERVICE);
                }),
                wideCase(
                        "an address of a prefix VIP can't be a client's",
                        stage -> stage.receive(CLIENTS, udp("10.9.3.3", 1, VIP, 53))
                                .ends(DROP_VIP_SOURCE)));
    }

    private static void goesTo(
            final PacketStage stage, final PacketBuilder datagram, final String backend, final int port) {
        final int source = Byte.toUnsignedInt(datagram.build()[35]);
        stage.receive(CLIENTS, datagram)
                .leaves(FORWARDED_REQUEST, SERVERS, toBackend(udp(CLIENT, source, backend, port)));
    }

    private static byte[] arp(final String target) {
        return ArpBuilder.arp(1, "02:aa:00:00:00:10", CLIENT, "00:00:00:00:00:00", target, "ff:ff:ff:ff:ff:ff");
    }

    private static PacketCase wideCase(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, WideServiceCases::balancer, script);
    }

    private static TestBalancer balancer() {
        return new TestBalancer()
                .neighbour("10.8.0.12", "02:bb:00:00:00:11")
                .neighbour("10.8.0.13", "02:bb:00:00:00:11")
                .service(key(VIP, new Ports(8000, 8100), Protocol.TCP), Forwarding.FULL_NAT, "10.8.0.11", 0)
                .service(key(VIP, Ports.ANY, Protocol.UDP), Forwarding.NAT, "10.8.0.11", 0)
                .service(key(VIP, new Ports(50, 60), Protocol.UDP), Forwarding.NAT, "10.8.0.13", 0)
                .service(Protocol.UDP, VIP, 53, Forwarding.NAT, "10.8.0.12", 5353)
                .service(key("10.9.0.0/16", Ports.ANY, Protocol.UDP), Forwarding.NAT, "10.8.0.13", 0)
                .service(key("10.9.0.0/24", Ports.of(53), Protocol.UDP), Forwarding.NAT, "10.8.0.12", 0)
                .service(Protocol.UDP, "10.9.0.9", 53, Forwarding.NAT, "10.8.0.11", 5353)
                .service(key("2001:db8:9::/64", Ports.ANY, Protocol.UDP), Forwarding.NAT, "2001:db8:8::11", 0);
    }

    private static ServiceKey key(final String vip, final Ports ports, final Protocol protocol) {
        return new ServiceKey(Vip.parse(vip), ports, protocol);
    }
}
