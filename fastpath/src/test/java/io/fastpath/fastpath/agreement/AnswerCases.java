package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.ArpBuilder.REPLY;
import static io.fastpath.fastpath.pipeline.ArpBuilder.REQUEST;
import static io.fastpath.fastpath.pipeline.ArpBuilder.arp;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.echo;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENT_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_ARP;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_ECHO;
import static io.fastpath.kernelbpf.layout.Counter.CONSUMED_ARP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ARP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_NEXT_HOP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_VIP_SOURCE;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Protocol;
import java.util.List;
import java.util.stream.Stream;

/** ARP and echo: what is answered in its own frame, and what is not. */
final class AnswerCases {
    private static final String NOBODY = "00:00:00:00:00:00";
    private static final String BROADCAST = "ff:ff:ff:ff:ff:ff";

    private AnswerCases() {}

    static List<PacketCase> all() {
        return Stream.of(arps(), echoes()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> arps() {
        return List.of(
                packetCase(
                        "an ARP request for a VIP is answered with the interface's MAC",
                        stage -> stage.receive(CLIENTS, arp(REQUEST, CLIENT_MAC, CLIENT, NOBODY, VIP, BROADCAST))
                                .leaves(
                                        ANSWERED_ARP,
                                        CLIENTS,
                                        arp(REPLY, CLIENTS_MAC, VIP, CLIENT_MAC, CLIENT, CLIENT_MAC))),
                packetCase(
                        "a tagged ARP request is answered with its tags, padding left off",
                        stage -> stage.receive(
                                        CLIENTS,
                                        PacketBuilder.concat(
                                                arp(REQUEST, CLIENT_MAC, CLIENT, NOBODY, VIP, BROADCAST, 5, 6),
                                                new byte[18]))
                                .leaves(
                                        ANSWERED_ARP,
                                        CLIENTS,
                                        arp(REPLY, CLIENTS_MAC, VIP, CLIENT_MAC, CLIENT, CLIENT_MAC, 5, 6))),
                packetCase(
                        "an address probe for a VIP is answered",
                        stage -> stage.receive(CLIENTS, arp(REQUEST, CLIENT_MAC, "0.0.0.0", NOBODY, VIP, BROADCAST))
                                .leaves(
                                        ANSWERED_ARP,
                                        CLIENTS,
                                        arp(REPLY, CLIENTS_MAC, VIP, CLIENT_MAC, "0.0.0.0", CLIENT_MAC))),
                packetCase("ARP requests for others, and malformed ones", stage -> {
                    stage.receive(CLIENTS, arp(REQUEST, CLIENT_MAC, CLIENT, NOBODY, "10.7.0.101", BROADCAST))
                            .ends(DROP_ARP);
                    stage.receive(CLIENTS, arp(3, CLIENT_MAC, CLIENT, NOBODY, VIP, BROADCAST))
                            .ends(DROP_ARP);
                    stage.receive(CLIENTS, arp(REQUEST, BROADCAST, CLIENT, NOBODY, VIP, BROADCAST))
                            .ends(DROP_ARP);
                    stage.receive(CLIENTS, arp(REQUEST, CLIENT_MAC, "224.0.0.1", NOBODY, VIP, BROADCAST))
                            .ends(DROP_ARP);
                    final byte[] tokenRing = arp(REQUEST, CLIENT_MAC, CLIENT, NOBODY, VIP, BROADCAST);
                    tokenRing[15] = 6;
                    stage.receive(CLIENTS, tokenRing).ends(DROP_ARP);
                }),
                packetCase("ARP replies and announcements are taken in", stage -> {
                    stage.receive(CLIENTS, arp(REPLY, CLIENT_MAC, CLIENT, CLIENTS_MAC, VIP, CLIENTS_MAC))
                            .ends(CONSUMED_ARP);
                    stage.receive(CLIENTS, arp(REQUEST, CLIENT_MAC, CLIENT, NOBODY, CLIENT, BROADCAST))
                            .ends(CONSUMED_ARP);
                }),
                new PacketCase("a hop that waits for its MAC takes it from ARP", AnswerCases::unknownBackend, stage -> {
                            stage.receive(CLIENTS, Frames.request()).ends(DROP_NO_NEXT_HOP);
                            stage.receive(SERVERS, arp(REPLY, BACKEND_MAC, "10.8.0.99", CLIENTS_MAC, VIP, CLIENTS_MAC))
                                    .ends(CONSUMED_ARP);
                            stage.receive(CLIENTS, Frames.request())
                                    .leaves(
                                            FORWARDED_REQUEST,
                                            SERVERS,
                                            Frames.toBackend(PacketBuilder.tcp("10.8.0.1", 40000, "10.8.0.99", 8080)));
                        })
                        .javaOnly(
                                "ARP replies are left to the stack of the kernel, which answers by its neighbour table"));
    }

    private static List<PacketCase> echoes() {
        return List.of(
                packetCase("an echo request to a VIP is answered, with its tags", stage -> {
                    stage.receive(CLIENTS, echo(CLIENT, VIP, false).ttl(3).trailer(9))
                            .leaves(ANSWERED_ECHO, CLIENTS, answer(echo(VIP, CLIENT, true)));
                    stage.receive(CLIENTS, echo(CLIENT, VIP, false).vlan(0x6064))
                            .leaves(
                                    ANSWERED_ECHO,
                                    CLIENTS,
                                    answer(echo(VIP, CLIENT, true).vlan(0x6064)));
                    stage.receive(CLIENTS, echo(CLIENT6, VIP6, false).ttl(1).payload(1001))
                            .leaves(
                                    ANSWERED_ECHO,
                                    CLIENTS,
                                    answer(echo(VIP6, CLIENT6, true).payload(1001)));
                }),
                new PacketCase(
                        "an echo request without its checksum is answered with one, where checksums are recomputed",
                        AnswerCases::recomputing,
                        stage -> {
                            stage.receive(CLIENTS, echo(CLIENT, VIP, false).patchFinal(22, 1, 2))
                                    .leaves(ANSWERED_ECHO, CLIENTS, answer(echo(VIP, CLIENT, true)));
                            stage.receive(CLIENTS, echo(CLIENT6, VIP6, false).patchFinal(42, 1, 2))
                                    .leaves(ANSWERED_ECHO, CLIENTS, answer(echo(VIP6, CLIENT6, true)));
                        }),
                packetCase("other ICMP is not answered", stage -> {
                    stage.receive(CLIENTS, echo(CLIENT, VIP, true)).ends(DROP_ICMP);
                    stage.receive(CLIENTS, echo(CLIENT6, VIP6, true)).ends(DROP_ICMP);
                    stage.receive(CLIENTS, echo(CLIENT, VIP, false).patchTransport(1, 1))
                            .ends(DROP_ICMP);
                    stage.receive(CLIENTS, echo(CLIENT, VIP, false).options(1)).ends(DROP_ICMP);
                    stage.receive(CLIENTS, echo(CLIENT, VIP, false).from(BROADCAST))
                            .ends(DROP_ICMP);
                }),
                packetCase("echo requests to others, or from nowhere", stage -> {
                    stage.receive(CLIENTS, echo(CLIENT, "10.7.0.101", false)).ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, echo(CLIENT6, "2001:db8:7::101", false))
                            .ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, echo("127.0.0.1", VIP, false)).ends(DROP_MARTIAN);
                    stage.receive(CLIENTS, echo(VIP, VIP, false)).ends(DROP_VIP_SOURCE);
                    stage.receive(CLIENTS, echo("::1", VIP6, false)).ends(DROP_MARTIAN);
                }));
    }

    private static PacketBuilder answer(final PacketBuilder packet) {
        return packet.from(CLIENTS_MAC).to(CLIENT_MAC).ttl(64);
    }

    private static TestBalancer unknownBackend() {
        return new TestBalancer().service(Protocol.TCP, VIP, 80, Forwarding.FULL_NAT, "10.8.0.99", 8080);
    }

    private static TestBalancer recomputing() {
        return new TestBalancer().usualServices().interfaceFlags(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, 0);
    }
}
