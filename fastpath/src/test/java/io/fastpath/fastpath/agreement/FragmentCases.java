package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
import static io.fastpath.fastpath.pipeline.FragmentFrames.piece;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;

import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.List;

/** Datagrams that come in fragments. */
final class FragmentCases {
    private static final int ID = 0x1234;
    private static final int LENGTH = 96; // 8 of the UDP header, 88 of payload

    private FragmentCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase(
                        "a request in fragments goes one way, its checksum right (RFC 791, 3.2)", FragmentCases::ipv4),
                packetCase("a request in IPv6 fragments goes one way (RFC 8200, 4.5)", FragmentCases::ipv6),
                packetCase("a reply in fragments goes back to the client (RFC 791, 3.2)", FragmentCases::reply),
                packetCase("an IPv6 reply in fragments goes back to the client (RFC 8200, 4.5)", FragmentCases::reply6),
                packetCase("nat leaves the client's address in fragments, both ways", FragmentCases::nat),
                packetCase("nat leaves the client's IPv6 address in fragments, both ways", FragmentCases::nat6),
                packetCase("later fragments may come in any order (RFC 815)", FragmentCases::anyOrder),
                packetCase("no checksum stays no checksum in a fragment (RFC 768)", FragmentCases::withoutChecksum),
                packetCase(
                        "a later fragment without its first is nobody's",
                        stage -> stage.receive(CLIENTS, fragment(request(), ID, 48, 96))
                                .ends(Counter.DROP_FRAGMENT_ORPHAN)),
                packetCase("a fragment that overlaps ends its datagram (RFC 5722)", FragmentCases::overlap),
                packetCase("a fragment that came before goes nowhere (RFC 8200, 4.5)", FragmentCases::duplicate),
                packetCase("a datagram has 128 fragments at most", FragmentCases::tooMany),
                packetCase("a complete datagram leaves room for the next of its number", FragmentCases::again),
                packetCase(
                        "a fragment beyond 65,535 bytes is dropped (RFC 791, 3.1)",
                        stage -> stage.receive(
                                        CLIENTS,
                                        PacketBuilder.udp(Frames.CLIENT, 1234, Frames.VIP, 80)
                                                .payload(48)
                                                .patchNetwork(6, 0x1f, 0xff))
                                .ends(Counter.DROP_FRAGMENT)),
                packetCase(
                        "TCP's flags in a later fragment are dropped (RFC 3128)",
                        stage -> stage.receive(
                                        CLIENTS, Frames.request().payload(4).patchNetwork(6, 0x20, 1))
                                .ends(Counter.DROP_FRAGMENT)),
                packetCase("an IPv6 fragment alone is a whole packet (RFC 6946)", FragmentCases::atomic),
                new PacketCase(
                        "a fragment's checksum is never left to offload: it is carried on where others are computed",
                        () -> new TestBalancer()
                                .usualServices()
                                .interfaceFlags(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, 0),
                        FragmentCases::ipv4));
    }

    private static PacketBuilder datagram() {
        return PacketBuilder.udp(Frames.CLIENT, 1234, Frames.VIP, 80).payload(LENGTH - 8);
    }

    private static byte[] request() {
        return datagram().build();
    }

    private static PacketBuilder datagramOut() {
        return Frames.toBackend(PacketBuilder.udp(Frames.SNAT, 40000, Frames.BACKEND, 8080))
                .payload(LENGTH - 8);
    }

    private static void ipv4(final PacketStage stage) {
        final byte[] out = datagramOut().build();
        stage.receive(CLIENTS, fragment(request(), ID, 0, 48))
                .leaves(Counter.FORWARDED_REQUEST, SERVERS, fragment(out, ID, 0, 48))
                .counts(Counter.FRAGMENT_TRACKED, 1)
                .flows(1);
        stage.receive(CLIENTS, fragment(request(), ID, 48, 96))
                .leaves(Counter.FORWARDED_REQUEST, SERVERS, fragment(out, ID, 48, 96));
    }

    private static void ipv6(final PacketStage stage) {
        final byte[] whole = PacketBuilder.udp(Frames.CLIENT6, 1234, Frames.VIP6, 80)
                .payload(88)
                .build();
        final byte[] out = Frames.toBackend(PacketBuilder.udp(Frames.SNAT6, 40000, Frames.BACKEND6, 8080))
                .payload(88)
                .build();
        stage.receive(CLIENTS, fragment(whole, ID, 0, 48))
                .leaves(Counter.FORWARDED_REQUEST, SERVERS, fragment(out, ID, 0, 48));
        stage.receive(CLIENTS, fragment(whole, ID, 48, 96))
                .leaves(Counter.FORWARDED_REQUEST, SERVERS, fragment(out, ID, 48, 96));
    }

    private static void reply(final PacketStage stage) {
        stage.receive(CLIENTS, datagram()).passes(Counter.FORWARDED_REQUEST);
        final byte[] whole = Frames.fromBackend(PacketBuilder.udp(Frames.BACKEND, 8080, Frames.SNAT, 40000))
                .payload(88)
                .build();
        final byte[] out = Frames.toClient(PacketBuilder.udp(Frames.VIP, 80, Frames.CLIENT, 1234))
                .payload(88)
                .build();
        stage.receive(SERVERS, fragment(whole, ID, 0, 48))
                .leaves(Counter.FORWARDED_REPLY, CLIENTS, fragment(out, ID, 0, 48));
        stage.receive(SERVERS, fragment(whole, ID, 48, 96))
                .leaves(Counter.FORWARDED_REPLY, CLIENTS, fragment(out, ID, 48, 96));
    }

    private static void reply6(final PacketStage stage) {
        stage.receive(CLIENTS, PacketBuilder.udp(Frames.CLIENT6, 1234, Frames.VIP6, 80))
                .passes(Counter.FORWARDED_REQUEST);
        replies(
                stage,
                PacketBuilder.udp(Frames.BACKEND6, 8080, Frames.SNAT6, 40000),
                PacketBuilder.udp(Frames.VIP6, 80, Frames.CLIENT6, 1234));
    }

    private static void nat(final PacketStage stage) {
        requests(
                stage,
                PacketBuilder.udp(Frames.CLIENT, 1234, Frames.VIP, 90),
                PacketBuilder.udp(Frames.CLIENT, 1234, Frames.BACKEND, 9090));
        replies(
                stage,
                PacketBuilder.udp(Frames.BACKEND, 9090, Frames.CLIENT, 1234),
                PacketBuilder.udp(Frames.VIP, 90, Frames.CLIENT, 1234));
    }

    private static void nat6(final PacketStage stage) {
        requests(
                stage,
                PacketBuilder.udp(Frames.CLIENT6, 1234, Frames.VIP6, 90),
                PacketBuilder.udp(Frames.CLIENT6, 1234, Frames.BACKEND6, 9090));
        replies(
                stage,
                PacketBuilder.udp(Frames.BACKEND6, 9090, Frames.CLIENT6, 1234),
                PacketBuilder.udp(Frames.VIP6, 90, Frames.CLIENT6, 1234));
    }

    private static void requests(final PacketStage stage, final PacketBuilder in, final PacketBuilder out) {
        final byte[] whole = in.payload(88).build();
        final byte[] sent = Frames.toBackend(out).payload(88).build();
        for (int from = 0; from < LENGTH; from += 48) {
            stage.receive(CLIENTS, fragment(whole, ID, from, from + 48))
                    .leaves(Counter.FORWARDED_REQUEST, SERVERS, fragment(sent, ID, from, from + 48));
        }
    }

    private static void replies(final PacketStage stage, final PacketBuilder in, final PacketBuilder out) {
        final byte[] whole = Frames.fromBackend(in).payload(88).build();
        final byte[] sent = Frames.toClient(out).payload(88).build();
        for (int from = 0; from < LENGTH; from += 48) {
            stage.receive(SERVERS, fragment(whole, ID, from, from + 48))
                    .leaves(Counter.FORWARDED_REPLY, CLIENTS, fragment(sent, ID, from, from + 48));
        }
    }

    private static void anyOrder(final PacketStage stage) {
        stage.receive(CLIENTS, fragment(request(), ID, 0, 24)).passes(Counter.FORWARDED_REQUEST);
        stage.receive(CLIENTS, fragment(request(), ID, 72, 96)).passes(Counter.FORWARDED_REQUEST);
        stage.receive(CLIENTS, fragment(request(), ID, 24, 48)).passes(Counter.FORWARDED_REQUEST);
        stage.receive(CLIENTS, fragment(request(), ID, 48, 72)).passes(Counter.FORWARDED_REQUEST);
    }

    private static void withoutChecksum(final PacketStage stage) {
        stage.receive(CLIENTS, fragment(datagram().withoutChecksum().build(), ID, 0, 48))
                .leaves(
                        Counter.FORWARDED_REQUEST,
                        SERVERS,
                        fragment(datagramOut().withoutChecksum().build(), ID, 0, 48));
    }

    private static void overlap(final PacketStage stage) {
        stage.receive(CLIENTS, fragment(request(), ID, 0, 48)).passes(Counter.FORWARDED_REQUEST);
        stage.receive(CLIENTS, fragment(request(), ID, 40, 72)).ends(Counter.DROP_FRAGMENT_OVERLAP);
        stage.receive(CLIENTS, fragment(request(), ID, 48, 96)).ends(Counter.DROP_FRAGMENT_OVERLAP);
        stage.receive(CLIENTS, fragment(request(), ID, 0, 48)).ends(Counter.DROP_FRAGMENT_OVERLAP);
    }

    private static void duplicate(final PacketStage stage) {
        stage.receive(CLIENTS, fragment(request(), ID, 0, 48)).passes(Counter.FORWARDED_REQUEST);
        stage.receive(CLIENTS, fragment(request(), ID, 48, 72)).passes(Counter.FORWARDED_REQUEST);
        stage.receive(CLIENTS, fragment(request(), ID, 48, 72)).ends(Counter.DROP_FRAGMENT_OVERLAP);
        stage.receive(CLIENTS, fragment(request(), ID, 72, 96)).passes(Counter.FORWARDED_REQUEST);
    }

    private static void tooMany(final PacketStage stage) {
        final byte[] whole = datagram().payload(1200).build();
        for (int i = 0; i < 128; i++) {
            stage.receive(CLIENTS, fragment(whole, ID, 8 * i, 8 * i + 8)).passes(Counter.FORWARDED_REQUEST);
        }
        stage.receive(CLIENTS, fragment(whole, ID, 8 * 128, 8 * 128 + 8)).ends(Counter.DROP_FRAGMENT_LIMIT);
    }

    private static void again(final PacketStage stage) {
        for (int i = 0; i < 3; i++) {
            stage.receive(CLIENTS, fragment(request(), ID, 0, 48)).passes(Counter.FORWARDED_REQUEST);
            stage.receive(CLIENTS, fragment(request(), ID, 48, 96)).passes(Counter.FORWARDED_REQUEST);
        }
    }

    private static void atomic(final PacketStage stage) {
        final byte[] whole = PacketBuilder.udp(Frames.CLIENT6, 1234, Frames.VIP6, 80)
                .payload(88)
                .build();
        final byte[] out = Frames.toBackend(PacketBuilder.udp(Frames.SNAT6, 40000, Frames.BACKEND6, 8080))
                .payload(88)
                .build();
        stage.receive(CLIENTS, piece(whole, ID, 0, 96, false))
                .leaves(Counter.FORWARDED_REQUEST, SERVERS, piece(out, ID, 0, 96, false))
                .counts(Counter.FRAGMENT_TRACKED, 0);
    }
}
