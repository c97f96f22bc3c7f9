package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
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
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.concat;
import static io.fastpath.fastpath.pipeline.PacketBuilder.error;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ip;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.MTU;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FAMILY_FRAGMENT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FAMILY_ICMP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FAMILY_OPTIONS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FRAGMENT_ORPHAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MTU;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.MssLimit;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** full-nat between the families (NAT46, NAT64 as RFC 7915 translates). */
final class FamilyCases {
    private static final int ETHERNET = 14;
    private static final int CUTTABLE = 1260;
    private static final int ID = 0x5ad;

    private FamilyCases() {}

    static List<PacketCase> all() {
        return Stream.of(connections(), others(), headers(), leftOut(), checksums(), limits(), smaller(), refusals())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> connections() {
        return List.of(
                across("an IPv6 client's connection to an IPv4 backend (RFC 7915, 4 and 5)", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80))
                            .leaves(FORWARDED_REQUEST, SERVERS, cuttable(request4()))
                            .counts(FLOW_OPENED, 1);
                    stage.receive(SERVERS, reply4().flags(SYN | ACK))
                            .leaves(FORWARDED_REPLY, CLIENTS, reply6Out().flags(SYN | ACK));
                    stage.receive(
                                    CLIENTS,
                                    tcp(CLIENT6, 1234, VIP6, 80).flags(ACK).payload(333))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    cuttable(request4().flags(ACK).payload(333)))
                            .state(TCP_ESTABLISHED);
                    stage.receive(SERVERS, reply4().flags(FIN | ACK).payload(1))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    reply6Out().flags(FIN | ACK).payload(1));
                }),
                across("an IPv4 client's connection to an IPv6 backend", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80))
                            .leaves(FORWARDED_REQUEST, SERVERS, request6())
                            .counts(FLOW_OPENED, 1);
                    stage.receive(SERVERS, reply6().flags(SYN | ACK))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    cuttable(reply4Out().flags(SYN | ACK)));
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80).flags(ACK).payload(333))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    request6().flags(ACK).payload(333))
                            .state(TCP_ESTABLISHED);
                    stage.receive(SERVERS, reply6().flags(FIN | ACK).payload(1))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    cuttable(reply4Out().flags(FIN | ACK).payload(1)));
                }));
    }

    private static List<PacketCase> others() {
        return List.of(
                across("datagrams go across, with and without data", stage -> {
                    for (final int length : new int[] {0, 1, 512}) {
                        stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 80).payload(length))
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        cuttable(toBackend(
                                                udp(SNAT, 40000, BACKEND, 8080).payload(length))));
                        stage.receive(
                                        SERVERS,
                                        fromBackend(
                                                udp(BACKEND, 8080, SNAT, 40000).payload(length)))
                                .leaves(
                                        FORWARDED_REPLY,
                                        CLIENTS,
                                        toClient(udp(VIP6, 80, CLIENT6, 1234).payload(length)));
                    }
                }),
                across("a tagged client's packets go across, and the replies have its tags", stage -> {
                    stage.receive(
                                    CLIENTS,
                                    tcp(CLIENT, 1234, VIP, 80).serviceVlan(7).vlan(100))
                            .leaves(FORWARDED_REQUEST, SERVERS, request6());
                    stage.receive(SERVERS, reply6().flags(SYN | ACK))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    cuttable(reply4Out()
                                            .flags(SYN | ACK)
                                            .serviceVlan(7)
                                            .vlan(100)));
                }));
    }

    private static List<PacketCase> headers() {
        return List.of(
                across("TOS and traffic class are each other's, ECN included (RFC 7915, 4.1 and 5.1)", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80).patchNetwork(0, 0x6b, 0xb7, 0x12, 0x34))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    cuttable(request4().patchNetwork(1, 0xbb)));
                    stage.receive(SERVERS, reply4().flags(SYN | ACK).patchNetwork(1, 0xa3))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    reply6Out().flags(SYN | ACK).patchNetwork(0, 0x6a, 0x30));
                }),
                across("one hop less to live, and two are needed", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80).ttl(1)).ends(DROP_TTL_EXPIRED);
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80).ttl(2))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    cuttable(request4().ttl(1)));
                    stage.receive(SERVERS, reply4().flags(SYN | ACK).ttl(1)).ends(DROP_TTL_EXPIRED);
                    stage.receive(SERVERS, reply4().flags(SYN | ACK).ttl(255))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    reply6Out().flags(SYN | ACK).ttl(254));
                }),
                across("DF is set from 1261 bytes on (RFC 7915, 5.1)", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 80).payload(CUTTABLE - 28))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    cuttable(toBackend(
                                            udp(SNAT, 40000, BACKEND, 8080).payload(CUTTABLE - 28))));
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 80).payload(CUTTABLE - 27))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    toBackend(udp(SNAT, 40000, BACKEND, 8080)
                                            .payload(CUTTABLE - 27)
                                            .patchNetwork(4, 0, 0)));
                }));
    }

    private static List<PacketCase> leftOut() {
        return List.of(
                across(
                        "an IPv4 client's DF tells nothing, for nothing is cut",
                        stage -> stage.receive(
                                        CLIENTS, tcp(CLIENT, 1234, VIP, 80).patchNetwork(6, 0, 0))
                                .leaves(FORWARDED_REQUEST, SERVERS, request6())),
                across("extension headers that have done their duty stay behind (RFC 7915, 5.1)", stage -> {
                    final byte[] segment = Arrays.copyOfRange(
                            tcp(CLIENT6, 1234, VIP6, 80).payload(9).build(), ETHERNET + 40, ETHERNET + 40 + 29);
                    final byte[] options = {6, 0, 1, 4, 0, 0, 0, 0};
                    stage.receive(CLIENTS, ip(60, CLIENT6, VIP6).payload(concat(options, segment)))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    cuttable(request4().payload(9)));
                }),
                across("padding stays behind", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80).trailer(6))
                            .leaves(FORWARDED_REQUEST, SERVERS, request6());
                    stage.receive(SERVERS, reply6().flags(SYN | ACK).trailer(7))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    cuttable(reply4Out().flags(SYN | ACK)));
                }));
    }

    private static List<PacketCase> checksums() {
        return List.of(
                across("a UDP checksum is made where IPv4 had none (RFC 7915, 4.5)", stage -> {
                    for (final int length : new int[] {0, 1, 1100}) {
                        stage.receive(
                                        CLIENTS,
                                        udp(CLIENT, 1234, VIP, 80)
                                                .payload(length)
                                                .withoutChecksum())
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        toBackend(udp(SNAT6, 40000, BACKEND6, 8080)
                                                .payload(length)));
                    }
                }),
                across(
                        "a UDP checksum that IPv6 lacked stays away (RFC 6936, 5)",
                        stage -> stage.receive(
                                        CLIENTS, udp(CLIENT6, 1234, VIP6, 80).withoutChecksum())
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        toBackend(udp(SNAT, 40000, BACKEND, 8080))
                                                .withoutChecksum()
                                                .patchNetwork(4, 0, 0, 0, 0))),
                across("a wrong checksum stays wrong", stage -> {
                    final PacketBuilder wrong =
                            tcp(CLIENT, 1234, VIP, 80).payload(9).patchFinal(20 + 16, 1, 2);
                    stage.receive(CLIENTS, wrong)
                            .passes(FORWARDED_REQUEST)
                            .differsAt(request6().payload(9).build(), ETHERNET + 40 + 16);
                }),
                new PacketCase(
                        "a checksum that the sender left to offload is computed for the other family",
                        () -> balancer()
                                .interfaceFlags(
                                        InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM,
                                        InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM),
                        stage -> {
                            stage.receive(
                                            CLIENTS,
                                            tcp(CLIENT6, 1234, VIP6, 80)
                                                    .payload(99)
                                                    .patchFinal(40 + 16, 1, 2))
                                    .leaves(
                                            FORWARDED_REQUEST,
                                            SERVERS,
                                            cuttable(request4().payload(99)));
                            stage.receive(SERVERS, reply4().flags(SYN | ACK).patchFinal(20 + 16, 1, 2))
                                    .leaves(
                                            FORWARDED_REPLY,
                                            CLIENTS,
                                            reply6Out().flags(SYN | ACK));
                        }));
    }

    private static List<PacketCase> limits() {
        return List.of(across("a packet grows by 20 bytes on its way into IPv6, and has to fit then", stage -> {
            final int largest = MTU - 40 - 8;
            stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80).payload(largest + 1))
                    .ends(DROP_MTU)
                    .flows(0);
            stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80).payload(largest))
                    .leaves(
                            FORWARDED_REQUEST,
                            SERVERS,
                            toBackend(udp(SNAT6, 40000, BACKEND6, 8080).payload(largest)));
            stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80).payload(largest + 1))
                    .ends(DROP_MTU);
            stage.receive(SERVERS, fromBackend(udp(BACKEND6, 8080, SNAT6, 40000).payload(largest)))
                    .leaves(
                            FORWARDED_REPLY,
                            CLIENTS,
                            toClient(udp(VIP, 80, CLIENT, 1234).payload(largest).patchNetwork(4, 0, 0)));
        }));
    }

    private static List<PacketCase> smaller() {
        return List.of(
                new PacketCase(
                        "the segment size that the links leave is the smaller one of both families' (RFC 6691)",
                        () -> balancer(MssLimit.OF_LINKS),
                        stage -> {
                            stage.receive(CLIENTS, MssCases.syn(CLIENT, VIP, 80, MssCases.mss(1460)))
                                    .leaves(
                                            FORWARDED_REQUEST,
                                            SERVERS,
                                            toBackend(MssCases.syn(SNAT6, 40000, BACKEND6, 8080, MssCases.mss(1440))));
                            stage.receive(CLIENTS, MssCases.syn(CLIENT6, VIP6, 80, MssCases.mss(1440)))
                                    .leaves(
                                            FORWARDED_REQUEST,
                                            SERVERS,
                                            cuttable(toBackend(
                                                    MssCases.syn(SNAT, 40000, BACKEND, 8080, MssCases.mss(1440)))));
                            stage.receive(
                                            SERVERS,
                                            fromBackend(MssCases.syn(BACKEND, 8080, SNAT, 40000, MssCases.mss(1460))
                                                    .flags(SYN | ACK)))
                                    .leaves(
                                            FORWARDED_REPLY,
                                            CLIENTS,
                                            toClient(MssCases.syn(VIP6, 80, CLIENT6, 1234, MssCases.mss(1440))
                                                    .flags(SYN | ACK)));
                        }),
                across("and shrinks on its way into IPv4, where it fits if it could come in", stage -> {
                    final int largest = MTU + 20 - 40 - 8;
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 80).payload(largest))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    toBackend(udp(SNAT, 40000, BACKEND, 8080)
                                            .payload(largest)
                                            .patchNetwork(4, 0, 0)));
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 80).payload(largest + 1))
                            .ends(DROP_MTU);
                }));
    }

    private static List<PacketCase> refusals() {
        return List.of(
                across("IPv4 options don't go across", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80).options(1))
                            .ends(DROP_FAMILY_OPTIONS)
                            .flows(0);
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80));
                    stage.receive(SERVERS, reply6().flags(SYN | ACK));
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80).flags(ACK).options(5))
                            .ends(DROP_FAMILY_OPTIONS);
                }),
                across("fragments don't, of either family", stage -> {
                    refusesFragments(stage, udp(CLIENT, 1234, VIP, 80).payload(88));
                    refusesFragments(stage, udp(CLIENT6, 1234, VIP6, 80).payload(88));
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80));
                    refusesFragments(stage, udp(CLIENT, 1234, VIP, 80).payload(88));
                }),
                across("ICMP errors about packets that went across are dropped", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80));
                    final byte[] sent = tcp(SNAT, 40000, BACKEND, 8080).quote(8);
                    stage.receive(SERVERS, fromBackend(error("10.8.0.254", SNAT, 3, 4, 1400, sent)))
                            .ends(DROP_FAMILY_ICMP);
                    final byte[] replied = tcp(VIP6, 80, CLIENT6, 1234).quote(20);
                    stage.receive(CLIENTS, error("2001:db8:1::fe", VIP6, 2, 0, 1400, replied))
                            .ends(DROP_FAMILY_ICMP);
                }));
    }

    private static void refusesFragments(final PacketStage stage, final PacketBuilder datagram) {
        final byte[] whole = datagram.build();
        stage.receive(CLIENTS, fragment(whole, ID, 0, 48)).ends(DROP_FAMILY_FRAGMENT);
        stage.receive(CLIENTS, fragment(whole, ID, 48, 96)).ends(DROP_FRAGMENT_ORPHAN);
    }

    private static PacketBuilder request4() {
        return toBackend(tcp(SNAT, 40000, BACKEND, 8080));
    }

    private static PacketBuilder request6() {
        return toBackend(tcp(SNAT6, 40000, BACKEND6, 8080));
    }

    private static PacketBuilder reply4() {
        return fromBackend(tcp(BACKEND, 8080, SNAT, 40000));
    }

    private static PacketBuilder reply6() {
        return fromBackend(tcp(BACKEND6, 8080, SNAT6, 40000));
    }

    private static PacketBuilder reply4Out() {
        return toClient(tcp(VIP, 80, CLIENT, 1234));
    }

    private static PacketBuilder reply6Out() {
        return toClient(tcp(VIP6, 80, CLIENT6, 1234));
    }

    /** An IPv4 packet that may be cut: DF is not set, and the transport checksum identifies it. */
    private static PacketBuilder cuttable(final PacketBuilder packet) {
        final byte[] bytes = packet.quote(20);
        final int checksum = 20 + (bytes[9] == 6 ? 16 : 6);
        return packet.patchNetwork(4, bytes[checksum], bytes[checksum + 1], 0, 0);
    }

    private static PacketCase across(final String sentence, final Consumer<PacketStage> script) {
        final Supplier<TestBalancer> balancer = FamilyCases::balancer;
        return new PacketCase(sentence, balancer, script);
    }

    /** VIPs of each family with a backend of the other. */
    static TestBalancer balancer() {
        return balancer(MssLimit.NONE);
    }

    private static TestBalancer balancer(final MssLimit mss) {
        final TestBalancer balancer = new TestBalancer();
        for (final Protocol protocol : Protocol.values()) {
            balancer.mss(protocol == Protocol.TCP ? mss : MssLimit.NONE);
            balancer.service(protocol, VIP, 80, Forwarding.FULL_NAT, BACKEND6, 8080);
            balancer.service(protocol, VIP6, 80, Forwarding.FULL_NAT, BACKEND, 8080);
        }
        return balancer;
    }
}
