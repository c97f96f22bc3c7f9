package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NOT_ALLOWED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.SourceSpec;
import io.fastpath.lb.service.SourceSpec.Rule;
import java.util.List;

/** Whose connections a service takes, and whose another service's backends have. */
final class SourceCases {
    private static final int DESTINATION_OFFSET = 33; // last byte of the IPv4 destination in an untagged frame

    private SourceCases() {}

    static List<PacketCase> all() {
        return List.of(
                new PacketCase("allow takes the sources in its prefixes alone", SourceCases::allowing, stage -> {
                    stage.receive(CLIENTS, udp("192.0.2.15", 9, VIP, 80)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp("192.0.2.16", 9, VIP, 80)).ends(DROP_NOT_ALLOWED);
                    stage.receive(CLIENTS, udp("192.0.2.99", 9, VIP, 80)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp("192.0.2.98", 9, VIP, 80)).ends(DROP_NOT_ALLOWED);
                    stage.receive(CLIENTS, udp("192.0.2.100", 9, VIP, 80)).ends(DROP_NOT_ALLOWED);
                    stage.receive(CLIENTS, udp("1.0.0.1", 9, VIP, 80)).ends(DROP_NOT_ALLOWED);
                    stage.receive(CLIENTS, udp("223.255.255.255", 9, VIP, 80)).ends(DROP_NOT_ALLOWED);
                    stage.receive(CLIENTS, udp("127.0.0.1", 9, VIP, 80)).ends(DROP_MARTIAN);
                }),
                new PacketCase("allow of IPv6 prefixes", SourceCases::allowing, stage -> {
                    stage.receive(CLIENTS, udp("2001:db8:1::10", 9, VIP6, 80)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp("2001:db8:1:0:ffff:ffff:ffff:ffff", 9, VIP6, 80))
                            .passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp("2001:db8:1:1::", 9, VIP6, 80)).ends(DROP_NOT_ALLOWED);
                    stage.receive(CLIENTS, udp("2001:db8::ffff", 9, VIP6, 80)).ends(DROP_NOT_ALLOWED);
                }),
                new PacketCase(
                        "a source that is not allowed gets no reset either",
                        SourceCases::allowing,
                        stage -> stage.receive(
                                        CLIENTS, tcp("192.0.2.200", 9, VIP, 80).flags(ACK))
                                .ends(DROP_NOT_ALLOWED)),
                new PacketCase(
                        "a connection goes on when its source is not allowed any more",
                        SourceCases::allowing,
                        stage -> {
                            stage.receive(CLIENTS, udp("192.0.2.15", 9, VIP, 80))
                                    .passes(FORWARDED_REQUEST);
                            stage.balancer().publishSources(denying(stage.balancer()));
                            stage.receive(CLIENTS, udp("192.0.2.15", 9, VIP, 80))
                                    .passes(FORWARDED_REQUEST);
                            stage.receive(CLIENTS, udp("192.0.2.15", 8, VIP, 80))
                                    .ends(DROP_NOT_ALLOWED);
                        }),
                new PacketCase(
                        "sources sends a prefix to another service's backends, the longest wins",
                        SourceCases::routing,
                        stage -> {
                            assertThat(backend(stage, "192.0.2.10")).isEqualTo(12);
                            assertThat(backend(stage, "192.0.2.130")).isEqualTo(11);
                            assertThat(backend(stage, "192.0.2.131")).isEqualTo(12);
                            assertThat(backend(stage, "198.51.100.7")).isEqualTo(11);
                        }));
    }

    private static int backend(final PacketStage stage, final String source) {
        return stage.receive(CLIENTS, udp(source, 9, VIP, 80))
                .passes(FORWARDED_REQUEST)
                .outcome()
                .frame()[DESTINATION_OFFSET];
    }

    private static List<ServiceSpec> denying(final TestBalancer balancer) {
        return balancer.services().stream()
                .map(spec -> new ServiceSpec(
                        spec.name(),
                        spec.key(),
                        spec.forwarding(),
                        spec.maglevSize(),
                        new SelectionSpec(HashInput.TUPLE, new SourceSpec(false, List.of())),
                        spec.backends()))
                .toList();
    }

    private static TestBalancer allowing() {
        final TestBalancer balancer = new TestBalancer()
                .selection(new SelectionSpec(
                        HashInput.TUPLE,
                        new SourceSpec(false, List.of(rule("192.0.2.0", 28, null), rule("192.0.2.99", 32, null)))));
        for (final Protocol protocol : Protocol.values()) {
            balancer.service(protocol, VIP, 80, Forwarding.NAT, "10.8.0.11", 8080);
        }
        return balancer.selection(new SelectionSpec(
                        HashInput.TUPLE, new SourceSpec(false, List.of(rule("2001:db8:1::", 64, null)))))
                .service(Protocol.UDP, VIP6, 80, Forwarding.NAT, "2001:db8:8::11", 8080);
    }

    /** All but one of a prefix go to the second service's backend. */
    private static TestBalancer routing() {
        return new TestBalancer()
                .neighbour("10.8.0.12", "02:bb:00:00:00:12")
                .selection(new SelectionSpec(
                        HashInput.TUPLE,
                        new SourceSpec(true, List.of(rule("192.0.2.0", 24, "s1"), rule("192.0.2.130", 32, null)))))
                .service(Protocol.UDP, VIP, 80, Forwarding.NAT, "10.8.0.11", 8080)
                .selection(SelectionSpec.DEFAULT)
                .service(Protocol.UDP, VIP, 81, Forwarding.NAT, "10.8.0.12", 8080);
    }

    private static Rule rule(final String address, final int bits, final String service) {
        return new Rule(Address.parse(address), bits, service);
    }
}
