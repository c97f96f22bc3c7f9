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
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.replyOut;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.requestOut;
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.PacketBuilder.error;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_ERROR;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tags that go on with a packet, as they are or mapped, where its next hop has none (interfaces[].vlan). */
final class KeptVlanCases {
    private static final int L2 = 70;
    private static final int GENEVE = 75;
    private static final int ACROSS = 76;
    private static final int ID = 77;

    /** VLAN 100 stays, 7 becomes 8, 9 becomes 100; 200 comes off. */
    private static final Map<Integer, Integer> IDS = Map.of(100, 100, 7, 8, 9, 100);

    private KeptVlanCases() {}

    static List<PacketCase> all() {
        return Stream.of(tags(), everywhere()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> tags() {
        return List.of(
                kept("a request's tag stays, with its priority", stage -> {
                    stage.receive(CLIENTS, request().vlan(0xb000 | 100))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut().vlan(0xb000 | 100));
                    stage.receive(SERVERS, reply())
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
                }),
                kept("a tag that is mapped becomes the other, and the reply's is the client's again", stage -> {
                    stage.receive(CLIENTS, request().vlan(0x3007))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut().vlan(0x3008));
                    stage.receive(SERVERS, reply().vlan(8))
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(7));
                }),
                kept("a tag that is not listed comes off, and so does one that names no VLAN", stage -> {
                    stage.receive(CLIENTS, request().vlan(200)).leaves(FORWARDED_REQUEST, SERVERS, requestOut());
                    stage.receive(CLIENTS, request().vlan(0xe000)).leaves(FORWARDED_REQUEST, SERVERS, requestOut());
                    stage.receive(CLIENTS, request()).leaves(FORWARDED_REQUEST, SERVERS, requestOut());
                }),
                kept("of two tags each is asked for by itself (802.1ad)", stage -> {
                    stage.receive(CLIENTS, request().serviceVlan(7).vlan(100))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    requestOut().serviceVlan(8).vlan(100));
                    stage.receive(CLIENTS, request().serviceVlan(200).vlan(100))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut().vlan(100));
                    stage.receive(CLIENTS, request().serviceVlan(7).vlan(200))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut().serviceVlan(8));
                    stage.receive(CLIENTS, request().serviceVlan(200).vlan(200))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut());
                }),
                kept("a reply's tag stays where the client had none", stage -> {
                    stage.receive(CLIENTS, request());
                    stage.receive(SERVERS, reply().vlan(100))
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
                    stage.receive(SERVERS, reply().vlan(200)).leaves(FORWARDED_REPLY, CLIENTS, replyOut());
                }));
    }

    private static List<PacketCase> everywhere() {
        return List.of(
                kept(
                        "IPv6 of odd length keeps tags",
                        stage -> stage.receive(
                                        CLIENTS,
                                        udp(CLIENT6, 1234, VIP6, 80)
                                                .payload(33)
                                                .serviceVlan(100)
                                                .vlan(9))
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        toBackend(udp(SNAT6, 40000, BACKEND6, 8080)
                                                        .payload(33))
                                                .serviceVlan(100)
                                                .vlan(100))),
                kept("all modes keep tags", KeptVlanCases::modes),
                kept("each fragment keeps its own", stage -> {
                    final PacketBuilder datagram = udp(CLIENT, 1234, VIP, 80).payload(88);
                    final byte[] out = toBackend(udp(SNAT, 40000, BACKEND, 8080).payload(88))
                            .build();
                    stage.receive(CLIENTS, tagged(fragment(datagram.build(), ID, 0, 48), 7))
                            .leaves(FORWARDED_REQUEST, SERVERS, tagged(fragment(out, ID, 0, 48), 8));
                    stage.receive(CLIENTS, tagged(fragment(datagram.build(), ID, 48, 96), 100))
                            .leaves(FORWARDED_REQUEST, SERVERS, tagged(fragment(out, ID, 48, 96), 100));
                }),
                kept("an ICMP error's tag stays", stage -> {
                    stage.receive(CLIENTS, request());
                    final byte[] replied = tcp(VIP, 80, CLIENT, 1234).quote(8);
                    final byte[] plain = stage.receive(CLIENTS, error("203.0.113.9", VIP, 3, 4, 1400, replied))
                            .passes(FORWARDED_ERROR)
                            .outcome()
                            .frame();
                    stage.receive(
                                    CLIENTS,
                                    error("203.0.113.9", VIP, 3, 4, 1400, replied)
                                            .vlan(7))
                            .leaves(FORWARDED_ERROR, SERVERS, tagged(plain, 8));
                }));
    }

    private static void modes(final PacketStage stage) {
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 90).vlan(7))
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        toBackend(tcp(CLIENT, 1234, BACKEND, 9090)).vlan(8));
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, L2).vlan(7))
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        tcp(CLIENT, 1234, VIP, L2)
                                .from(SERVERS_MAC)
                                .to(BACKEND_MAC)
                                .vlan(8));
        final byte[] plain = stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, GENEVE))
                .passes(FORWARDED_REQUEST)
                .outcome()
                .frame();
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, GENEVE).serviceVlan(100).vlan(7))
                .leaves(FORWARDED_REQUEST, SERVERS, serviceTagged(tagged(plain, 8), 100));
        final byte[] across = stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, ACROSS))
                .passes(FORWARDED_REQUEST)
                .outcome()
                .frame();
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, ACROSS).vlan(100))
                .leaves(FORWARDED_REQUEST, SERVERS, tagged(across, 100));
    }

    private static byte[] tagged(final byte[] frame, final int tci) {
        return tagged(frame, 0x81, 0x00, tci);
    }

    private static byte[] serviceTagged(final byte[] frame, final int tci) {
        return tagged(frame, 0x88, 0xa8, tci);
    }

    private static byte[] tagged(final byte[] frame, final int tpid0, final int tpid1, final int tci) {
        return PacketBuilder.concat(
                Arrays.copyOf(frame, 12),
                new byte[] {(byte) tpid0, (byte) tpid1, (byte) (tci >> 8), (byte) tci},
                Arrays.copyOfRange(frame, 12, frame.length));
    }

    private static PacketCase kept(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, KeptVlanCases::balancer, script);
    }

    private static TestBalancer balancer() {
        return new TestBalancer()
                .usualServices()
                .service(Protocol.TCP, VIP, L2, Forwarding.DSR_L2, BACKEND, L2)
                .service(Protocol.TCP, VIP, GENEVE, Forwarding.DSR_GENEVE, BACKEND, GENEVE)
                .service(Protocol.TCP, VIP, ACROSS, Forwarding.FULL_NAT, BACKEND6, ACROSS)
                .vlans(IDS, Map.of(100, 100));
    }
}
