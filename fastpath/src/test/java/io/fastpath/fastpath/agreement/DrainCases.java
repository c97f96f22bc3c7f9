package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENT_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_RESET;
import static io.fastpath.kernelbpf.layout.Counter.DROP_LINK_GROUP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_FLAGS;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.DrainSpec;
import io.fastpath.lb.service.DrainSpec.Fate;
import io.fastpath.lb.service.ServiceSpec;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What becomes of connections whose backend is drained or removed, and of segments of none. */
final class DrainCases {
    private static final int CLIENT_PORT = 1234;
    private static final int DESTINATION_OFFSET = 33; // last byte of the IPv4 destination in an untagged frame
    private static final long SECOND_NS = Duration.ofSeconds(1).toNanos();

    private DrainCases() {}

    static List<PacketCase> all() {
        return Stream.of(resets(), removals(), drains()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> resets() {
        return List.of(
                resetCase("segments of no connection are answered with a reset (RFC 9293, 3.10.7.1)", stage -> {
                    stage.receive(CLIENTS, segment(ACK)).leaves(ANSWERED_RESET, CLIENTS, reset());
                    stage.receive(CLIENTS, segment(ACK).payload(77)).leaves(ANSWERED_RESET, CLIENTS, reset());
                    stage.receive(CLIENTS, segment(FIN | ACK)).leaves(ANSWERED_RESET, CLIENTS, reset());
                    stage.receive(CLIENTS, segment(SYN | ACK)).leaves(ANSWERED_RESET, CLIENTS, reset());
                    stage.receive(CLIENTS, segment(ACK).options(2).ttl(1).payload(1000))
                            .leaves(ANSWERED_RESET, CLIENTS, reset());
                    stage.receive(CLIENTS, segment(ACK).vlan(5).trailer(9))
                            .leaves(ANSWERED_RESET, CLIENTS, reset().vlan(5));
                }),
                resetCase("segments of no IPv6 connection are answered with a reset", stage -> {
                    stage.receive(
                                    CLIENTS,
                                    tcp(CLIENT6, CLIENT_PORT, VIP6, 80)
                                            .flags(ACK)
                                            .payload(9))
                            .leaves(ANSWERED_RESET, CLIENTS, turned(tcp(VIP6, 80, CLIENT6, CLIENT_PORT)));
                    stage.receive(
                                    CLIENTS,
                                    tcp(CLIENT6, CLIENT_PORT, VIP6, 80)
                                            .flags(ACK)
                                            .patchNetwork(1, 0x23))
                            .leaves(ANSWERED_RESET, CLIENTS, turned(tcp(VIP6, 80, CLIENT6, CLIENT_PORT)));
                }),
                resetCase(
                        "a reset of no connection is not answered, nor what is malformed, martian or broadcast",
                        stage -> {
                            stage.receive(CLIENTS, segment(RST)).ends(DROP_NO_FLOW);
                            stage.receive(CLIENTS, segment(RST | ACK)).ends(DROP_NO_FLOW);
                            stage.receive(CLIENTS, segment(SYN | FIN)).ends(DROP_TCP_FLAGS);
                            stage.receive(CLIENTS, segment(ACK).from("ff:ff:ff:ff:ff:ff"))
                                    .ends(DROP_LINK_GROUP);
                            stage.receive(
                                            CLIENTS,
                                            tcp("127.0.0.1", CLIENT_PORT, VIP, 80)
                                                    .flags(ACK))
                                    .ends(DROP_MARTIAN);
                            stage.receive(CLIENTS, segment(SYN)).passes(FORWARDED_REQUEST);
                        }));
    }

    private static List<PacketCase> removals() {
        return List.of(
                removalCase(
                        "onRemove: reset ends a connection, and its client is told at the next segment",
                        Fate.RESET,
                        stage -> {
                            final int backend = establish(stage);
                            remove(stage, backend);
                            stage.receive(CLIENTS, segment(ACK).payload(5))
                                    .leaves(ANSWERED_RESET, CLIENTS, reset())
                                    .flows(0);
                            assertThat(stage.balancer().count(Counter.FLOW_ENDED))
                                    .isEqualTo(1);
                            assertThat(last(stage.receive(CLIENTS, segment(SYN))))
                                    .isEqualTo(other(backend));
                        }),
                removalCase("onRemove: finish leaves a connection with its backend", Fate.FINISH, stage -> {
                    final int backend = establish(stage);
                    remove(stage, backend);
                    assertThat(last(stage.receive(CLIENTS, segment(ACK)))).isEqualTo(backend);
                    assertThat(last(stage.receive(CLIENTS, segment(FIN | ACK)))).isEqualTo(backend);
                }),
                removalCase(
                        "onRemove: move has another backend take an established connection over", Fate.MOVE, stage -> {
                            final int backend = establish(stage);
                            remove(stage, backend);
                            assertThat(last(stage.receive(CLIENTS, segment(ACK)).flows(1)))
                                    .isEqualTo(other(backend));
                            stage.receive(SERVERS, fromBackend(other(backend)).flags(ACK))
                                    .passes(FORWARDED_REPLY);
                            stage.receive(CLIENTS, segment(FIN | ACK)).passes(FORWARDED_REQUEST);
                            assertThat(stage.balancer().count(Counter.FLOW_MOVED))
                                    .isEqualTo(1);
                        }),
                removalCase(
                        "onRemove: move has a connection whose handshake isn't done begin anew", Fate.MOVE, stage -> {
                            final int backend = last(stage.receive(CLIENTS, segment(SYN)));
                            remove(stage, backend);
                            assertThat(last(stage.receive(CLIENTS, segment(SYN)).flows(1)))
                                    .isEqualTo(other(backend));
                            stage.receive(SERVERS, fromBackend(other(backend)).flags(SYN | ACK))
                                    .passes(FORWARDED_REPLY);
                        }));
    }

    private static List<PacketCase> drains() {
        return List.of(
                new PacketCase(
                        "a drained backend's datagrams go to another at once, and nothing to it any more",
                        () -> balancer(Protocol.UDP, DrainSpec.of(Protocol.UDP)),
                        stage -> {
                            final int backend = last(stage.receive(CLIENTS, udp(CLIENT, CLIENT_PORT, VIP, 80)));
                            drain(stage, backend, 1);
                            assertThat(last(stage.receive(CLIENTS, udp(CLIENT, CLIENT_PORT, VIP, 80))
                                            .flows(1)))
                                    .isEqualTo(other(backend));
                            for (int port = 1; port < 32; port++) {
                                assertThat(last(stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80))))
                                        .isEqualTo(other(backend));
                            }
                        }),
                new PacketCase(
                        "a drained backend keeps its TCP connections up to drainLimit; then they are reset",
                        () -> balancer(Protocol.TCP, new DrainSpec(Fate.FINISH, 60 * SECOND_NS, Fate.FINISH, 0)),
                        stage -> {
                            final int backend = establish(stage);
                            final Drains drains = drain(stage, backend, 59);
                            assertThat(last(stage.receive(CLIENTS, segment(ACK))))
                                    .isEqualTo(backend);
                            poll(stage, drains, 61);
                            stage.receive(CLIENTS, segment(ACK)).leaves(ANSWERED_RESET, CLIENTS, reset());
                        }));
    }

    private static PacketCase resetCase(final String sentence, final Consumer<PacketStage> script) {
        return removalCase(sentence, Fate.RESET, script);
    }

    private static PacketCase removalCase(
            final String sentence, final Fate onRemove, final Consumer<PacketStage> script) {
        return new PacketCase(
                sentence, () -> balancer(Protocol.TCP, new DrainSpec(Fate.FINISH, 0, onRemove, 0)), script);
    }

    private static TestBalancer balancer(final Protocol protocol, final DrainSpec drain) {
        return new TestBalancer()
                .drain(drain)
                .neighbour("10.8.0.12", "02:bb:00:00:00:12")
                .service(protocol, VIP, 80, Forwarding.NAT, "10.8.0.11", 8080, "10.8.0.12", 8080)
                .service(protocol, VIP6, 80, Forwarding.NAT, "2001:db8:8::11", 8080);
    }

    /** Removes the IPv4 service's backend from the configuration, which another process puts in force. */
    private static void remove(final PacketStage stage, final int backend) {
        final List<ServiceSpec> services = stage.balancer().services();
        final ServiceSpec first = services.get(0);
        final ServiceSpec rest = first.with(first.backends().stream()
                .filter(candidate -> !candidate.address().toString().endsWith("." + backend))
                .toList());
        poll(stage, stage.balancer().reconfigure(List.of(rest, services.get(1))), 1);
    }

    private static Drains drain(final PacketStage stage, final int backend, final int seconds) {
        final Drains drains = stage.balancer().drains(stage.balancer().services());
        drains.drain(null, endpoint -> endpoint.address().toString().equals("10.8.0." + backend), false);
        poll(stage, drains, seconds);
        return drains;
    }

    /** The control thread's turns up to so many seconds from now. */
    private static void poll(final PacketStage stage, final Drains drains, final int seconds) {
        for (int second = 0; second <= seconds; second++) {
            long slots;
            do {
                slots = drains.poll(stage.balancer().nowNs() + second * SECOND_NS);
            } while (slots > 0);
        }
    }

    private static int establish(final PacketStage stage) {
        final int backend = last(stage.receive(CLIENTS, segment(SYN)));
        stage.receive(SERVERS, fromBackend(backend).flags(SYN | ACK)).passes(FORWARDED_REPLY);
        stage.receive(CLIENTS, segment(ACK)).passes(FORWARDED_REQUEST);
        return backend;
    }

    private static int last(final PacketStage.Received received) {
        return received.passes(FORWARDED_REQUEST).outcome().frame()[DESTINATION_OFFSET];
    }

    private static int other(final int backend) {
        return backend == 11 ? 12 : 11;
    }

    private static PacketBuilder fromBackend(final int backend) {
        return Frames.fromBackend(tcp("10.8.0." + backend, 8080, CLIENT, CLIENT_PORT));
    }

    private static PacketBuilder segment(final int flags) {
        return tcp(CLIENT, CLIENT_PORT, VIP, 80).flags(flags);
    }

    private static PacketBuilder reset() {
        return turned(tcp(VIP, 80, CLIENT, CLIENT_PORT)).patchNetwork(4, 0, 0);
    }

    /** A bare reset with the sequence number that the segment acknowledged. */
    private static PacketBuilder turned(final PacketBuilder packet) {
        return packet.flags(RST)
                .patchTransport(4, 5, 6, 7, 8, 0, 0, 0, 0)
                .patchTransport(14, 0, 0)
                .from(CLIENTS_MAC)
                .to(CLIENT_MAC)
                .ttl(64);
    }
}
