package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.echo;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_ECHO;
import static io.fastpath.kernelbpf.layout.Counter.DROP_IP_OPTIONS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_LINK_GROUP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_LINK_LOCAL;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_PORT_ZERO;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_FLAGS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_VIP_SOURCE;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** What a router or a kernel would not have, each rule with its source and a counter of its own. */
final class MartianCases {
    private static final String BROADCAST_MAC = "ff:ff:ff:ff:ff:ff";
    private static final String GROUP_MAC = "01:00:5e:00:00:01";
    private static final int URG = 0x20;
    private static final int PSH = 0x08;

    private MartianCases() {}

    static List<PacketCase> all() {
        return Stream.of(addresses(), stations(), headers())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> addresses() {
        return List.of(
                sources("this network, 0/8 (RFC 6890, 2.2.2)", DROP_MARTIAN, "0.0.0.0", "0.255.255.255"),
                sources("loopback, 127/8 (RFC 1122, 3.2.1.3)", DROP_MARTIAN, "127.0.0.1", "127.255.255.254"),
                sources("multicast, 224/4 (RFC 1812, 5.3.7)", DROP_MARTIAN, "224.0.0.1", "239.255.255.255"),
                sources("class E, 240/4 (RFC 1112, 4)", DROP_MARTIAN, "240.0.0.1", "255.255.255.254"),
                sources("limited broadcast (RFC 1122, 3.2.1.3)", DROP_MARTIAN, "255.255.255.255"),
                sources("unspecified, :: (RFC 4291, 2.5.2)", DROP_MARTIAN, "::"),
                sources("loopback, ::1 (RFC 4291, 2.5.3)", DROP_MARTIAN, "::1"),
                sources("multicast, ff00::/8 (RFC 4291, 2.7)", DROP_MARTIAN, "ff02::1", "ff0e::1"),
                sources("the destination itself: land (CERT CA-1997-28)", DROP_VIP_SOURCE, VIP, VIP6),
                sources("link-local, 169.254/16 (RFC 3927, 2.7)", DROP_LINK_LOCAL, "169.254.0.1", "169.254.255.254"),
                sources("link-local, fe80::/10 (RFC 4291, 2.5.6)", DROP_LINK_LOCAL, "fe80::1", "febf::1"),
                packetCase("martians: what lies beside them is nobody's business", stage -> {
                    for (final String source :
                            new String[] {"1.0.0.0", "126.255.255.255", "128.0.0.1", "223.255.255.255"}) {
                        ends(stage, udp(source, 1, VIP, 80));
                    }
                    for (final String source :
                            new String[] {"169.253.1.1", "169.255.1.1", "fec0::1", "fe7f::1", "::2"}) {
                        ends(stage, udp(source, 1, source.indexOf(':') < 0 ? VIP : VIP6, 80));
                    }
                }),
                packetCase(
                        "martians: a neighbour on the link may ask for an echo",
                        stage -> stage.receive(CLIENTS, echo("fe80::1", VIP6, false))
                                .passes(ANSWERED_ECHO)));
    }

    private static List<PacketCase> stations() {
        return List.of(
                packetCase("martians: a broadcast frame with a packet to one address (RFC 1122, 3.3.6)", stage -> {
                    stage.receive(CLIENTS, request().to(BROADCAST_MAC)).ends(DROP_LINK_GROUP);
                    stage.receive(CLIENTS, udp(CLIENT6, 1, VIP6, 80).to("33:33:00:00:00:01"))
                            .ends(DROP_LINK_GROUP);
                    stage.receive(CLIENTS, request().to(GROUP_MAC).vlan(7)).ends(DROP_LINK_GROUP);
                }),
                packetCase("martians: a broadcast frame with an echo request (RFC 1122, 3.2.2.6)", stage -> {
                    stage.receive(CLIENTS, echo(CLIENT, VIP, false).to(BROADCAST_MAC))
                            .ends(DROP_LINK_GROUP);
                    stage.receive(CLIENTS, echo(CLIENT6, VIP6, false).to("33:33:00:00:00:01"))
                            .ends(DROP_LINK_GROUP);
                }),
                packetCase("martians: a frame from a group (IEEE 802, 8.2.2)", stage -> {
                    stage.receive(CLIENTS, request().from(BROADCAST_MAC)).ends(DROP_LINK_GROUP);
                    stage.receive(CLIENTS, udp(CLIENT6, 1, VIP6, 80).from(GROUP_MAC))
                            .ends(DROP_LINK_GROUP);
                }));
    }

    private static List<PacketCase> headers() {
        return List.of(
                packetCase("martians: source port 0 of a segment (RFC 6335, 6), not of a datagram (RFC 768)", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 0, VIP, 80)).ends(DROP_PORT_ZERO);
                    stage.receive(CLIENTS, tcp(CLIENT6, 0, VIP6, 80)).ends(DROP_PORT_ZERO);
                    stage.receive(CLIENTS, udp(CLIENT, 0, VIP, 80)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp(CLIENT6, 0, VIP6, 80)).passes(FORWARDED_REQUEST);
                }),
                packetCase("martians: source routes, loose and strict (RFC 7126, 4.3 and 4.4)", stage -> {
                    stage.receive(CLIENTS, options(131, 7, 4, 10, 9, 8, 7, 0)).ends(DROP_IP_OPTIONS);
                    stage.receive(CLIENTS, options(1, 137, 7, 4, 10, 9, 8, 7)).ends(DROP_IP_OPTIONS);
                }),
                packetCase("martians: options whose lengths are none (RFC 791, 3.1)", stage -> {
                    stage.receive(CLIENTS, options(7, 0, 0, 0)).ends(DROP_IP_OPTIONS);
                    stage.receive(CLIENTS, options(7, 1, 0, 0)).ends(DROP_IP_OPTIONS);
                    stage.receive(CLIENTS, options(7, 9, 4, 0, 0, 0, 0, 0)).ends(DROP_IP_OPTIONS);
                    stage.receive(CLIENTS, options(1, 1, 1, 7)).ends(DROP_IP_OPTIONS);
                }),
                packetCase("martians: other options are carried along (RFC 1812, 5.3.13)", stage -> {
                    stage.receive(CLIENTS, options(148, 4, 0, 0)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, options(0, 131, 7, 4)).passes(FORWARDED_REQUEST);
                }),
                flags("no flag at all (RFC 9293, 3.10.7.2)", 0),
                flags("SYN and FIN (RFC 9293, 3.10.7)", SYN | FIN, SYN | FIN | ACK),
                flags("SYN and RST (RFC 9293, 3.10.7)", SYN | RST, SYN | RST | ACK),
                flags("FIN without ACK, all else lit (RFC 9293, 3.1)", FIN, FIN | URG | PSH),
                flags("FIN and RST (RFC 9293, 3.10.7)", FIN | RST, FIN | RST | ACK, 0x3f, 0xff));
    }

    private static void ends(final PacketStage stage, final PacketBuilder packet) {
        final Counter verdict = stage.receive(CLIENTS, packet).outcome().verdict();
        org.assertj.core.api.Assertions.assertThat(verdict)
                .isNotIn(DROP_MARTIAN, DROP_LINK_LOCAL, DROP_VIP_SOURCE, DROP_LINK_GROUP, DROP_PORT_ZERO);
    }

    private static PacketCase sources(final String what, final Counter counter, final String... sources) {
        return packetCase("martians: as a source " + what, stage -> {
            for (final String source : sources) {
                final String vip = source.indexOf(':') < 0 ? VIP : VIP6;
                stage.receive(CLIENTS, tcp(source, 1234, vip, 80)).ends(counter).flows(0);
                stage.receive(CLIENTS, udp(source, 1234, vip, 80)).ends(counter).flows(0);
                stage.receive(CLIENTS, tcp(source, 1234, vip, 80).flags(ACK)).ends(counter);
            }
        });
    }

    private static PacketCase flags(final String what, final int... combinations) {
        return packetCase("martians: " + what, stage -> {
            final IntFunction<PacketBuilder> segment =
                    flags -> tcp(CLIENT, 1234, VIP, 80).flags(flags);
            for (final int flags : combinations) {
                stage.receive(CLIENTS, segment.apply(flags)).ends(DROP_TCP_FLAGS);
            }
        });
    }

    private static PacketBuilder options(final int... bytes) {
        return udp(CLIENT, 1234, VIP, 80).options(bytes.length / 4).patchNetwork(20, bytes);
    }
}
