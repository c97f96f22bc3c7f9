package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FRAGMENT_OVERLAP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.Counter.FRAGMENT_TRACKED;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Fragments in the modes in which the backend answers the client itself: each goes on as a packet of its own. */
final class DirectFragmentCases {
    private static final int ID = 0x4321;
    private static final int L2 = 70;
    private static final int IPIP = 71;
    private static final int GUE = 72;
    private static final int GENEVE = 75;
    private static final int IPIP_CROSS = 73;
    private static final int ETHERNET = 14;

    private DirectFragmentCases() {}

    static List<PacketCase> all() {
        return List.of(
                direct("dsr-l2 hands fragments on as they came, TTL included", DirectFragmentCases::relinked),
                direct("dsr-l2 hands IPv6 fragments on as they came", stage -> {
                    final byte[] whole = datagram(CLIENT6, VIP6, L2).ttl(1).build();
                    final byte[] out = sent(datagram(CLIENT6, VIP6, L2).ttl(1)).build();
                    both(stage, whole, out);
                }),
                direct("a fragment with one hop left goes through no tunnel (RFC 2003, 3.1)", stage -> {
                    stage.receive(CLIENTS, fragment(datagram(CLIENT, VIP, IPIP).build(), ID, 0, 48))
                            .passes(FORWARDED_REQUEST);
                    stage.receive(
                                    CLIENTS,
                                    fragment(datagram(CLIENT, VIP, IPIP).ttl(1).build(), ID, 48, 96))
                            .ends(DROP_TTL_EXPIRED);
                }),
                direct("fragments go through a tunnel each, with one outer source (RFC 2003)", stage -> {
                    tunnelled(stage, datagram(CLIENT, VIP, IPIP), 20);
                    tunnelled(stage, datagram(CLIENT6, VIP6, IPIP), 40);
                    tunnelled(stage, datagram(CLIENT, VIP, IPIP_CROSS), 40);
                }),
                direct("fragments go through GUE each, with one source port", stage -> {
                    tunnelled(stage, datagram(CLIENT, VIP, GUE), 28);
                    tunnelled(stage, datagram(CLIENT6, VIP6, GUE), 48);
                }),
                direct("each fragment in Geneve has VIP and port", stage -> {
                    tunnelled(stage, datagram(CLIENT, VIP, GENEVE), 48);
                    tunnelled(stage, datagram(CLIENT6, VIP6, GENEVE), 80);
                }),
                direct("a reply in fragments that is routed through the node goes on to the client", stage -> {
                    stage.receive(CLIENTS, datagram(CLIENT, VIP, L2)).passes(FORWARDED_REQUEST);
                    final byte[] whole =
                            fromBackend(udp(VIP, L2, CLIENT, 1234)).payload(88).build();
                    final byte[] out =
                            toClient(udp(VIP, L2, CLIENT, 1234)).payload(88).build();
                    stage.receive(SERVERS, fragment(whole, ID, 0, 48))
                            .leaves(FORWARDED_REPLY, CLIENTS, fragment(out, ID, 0, 48));
                    stage.receive(SERVERS, fragment(whole, ID, 48, 96))
                            .leaves(FORWARDED_REPLY, CLIENTS, fragment(out, ID, 48, 96));
                }));
    }

    private static void relinked(final PacketStage stage) {
        final byte[] whole = datagram(CLIENT, VIP, L2).ttl(1).build();
        final byte[] out = sent(datagram(CLIENT, VIP, L2).ttl(1)).build();
        stage.receive(CLIENTS, fragment(whole, ID, 0, 48))
                .leaves(FORWARDED_REQUEST, SERVERS, fragment(out, ID, 0, 48))
                .counts(FRAGMENT_TRACKED, 1);
        stage.receive(CLIENTS, fragment(whole, ID, 40, 64)).ends(DROP_FRAGMENT_OVERLAP);
        stage.receive(CLIENTS, fragment(whole, ID, 48, 96)).ends(DROP_FRAGMENT_OVERLAP);
        both(stage, whole, out);
    }

    /** Both halves of a datagram, under another identification. */
    private static void both(final PacketStage stage, final byte[] whole, final byte[] out) {
        stage.receive(CLIENTS, fragment(whole, ID + 1, 0, 48))
                .leaves(FORWARDED_REQUEST, SERVERS, fragment(out, ID + 1, 0, 48));
        stage.receive(CLIENTS, fragment(whole, ID + 1, 48, 96))
                .leaves(FORWARDED_REQUEST, SERVERS, fragment(out, ID + 1, 48, 96));
    }

    /** What is within is the fragment with one hop less to live, and all outer headers say the same of the flow. */
    private static void tunnelled(final PacketStage stage, final PacketBuilder datagram, final int outerLength) {
        final byte[] whole = datagram.build();
        final byte[] within = datagram.ttl(63).build();
        final byte[] first = stage.receive(CLIENTS, fragment(whole, ID, 0, 48))
                .passes(FORWARDED_REQUEST)
                .outcome()
                .frame();
        final byte[] later = stage.receive(CLIENTS, fragment(whole, ID, 48, 96))
                .passes(FORWARDED_REQUEST)
                .outcome()
                .frame();
        assertThat(inner(first, outerLength)).isEqualTo(inner(fragment(within, ID, 0, 48), 0));
        assertThat(inner(later, outerLength)).isEqualTo(inner(fragment(within, ID, 48, 96), 0));
        // Both halves are of one length, so that the outer headers are the same altogether.
        assertThat(Arrays.copyOf(later, ETHERNET + outerLength))
                .isEqualTo(Arrays.copyOf(first, ETHERNET + outerLength));
    }

    private static byte[] inner(final byte[] frame, final int outerLength) {
        return Arrays.copyOfRange(frame, ETHERNET + outerLength, frame.length);
    }

    private static PacketBuilder datagram(final String client, final String vip, final int port) {
        return udp(client, 1234, vip, port).ttl(64).payload(88);
    }

    private static PacketBuilder sent(final PacketBuilder packet) {
        return packet.from(SERVERS_MAC).to(BACKEND_MAC);
    }

    private static PacketCase direct(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, DirectFragmentCases::balancer, script);
    }

    private static TestBalancer balancer() {
        return new TestBalancer()
                .service(Protocol.UDP, VIP, L2, Forwarding.DSR_L2, BACKEND, L2)
                .service(Protocol.UDP, VIP6, L2, Forwarding.DSR_L2, BACKEND6, L2)
                .service(Protocol.UDP, VIP, IPIP, Forwarding.DSR_IPIP, BACKEND, IPIP)
                .service(Protocol.UDP, VIP6, IPIP, Forwarding.DSR_IPIP, BACKEND6, IPIP)
                .service(Protocol.UDP, VIP, IPIP_CROSS, Forwarding.DSR_IPIP, BACKEND6, IPIP_CROSS)
                .service(Protocol.UDP, VIP, GUE, Forwarding.DSR_GUE, BACKEND, GUE)
                .service(Protocol.UDP, VIP6, GUE, Forwarding.DSR_GUE, BACKEND6, GUE)
                .service(Protocol.UDP, VIP, GENEVE, Forwarding.DSR_GENEVE, BACKEND, GENEVE)
                .service(Protocol.UDP, VIP6, GENEVE, Forwarding.DSR_GENEVE, BACKEND6, GENEVE);
    }
}
