package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.drain.Drains;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Which backend a new connection gets: by the service's algorithm. */
final class AlgorithmCases {
    private static final int DESTINATION_OFFSET = 33; // last byte of the IPv4 destination in an untagged frame
    private static final int CONNECTIONS = 64;

    private AlgorithmCases() {}

    static List<PacketCase> all() {
        return List.of(
                algorithmCase(
                        "weighted-round-robin takes backends of equal weight in turn",
                        Algorithm.WEIGHTED_ROUND_ROBIN,
                        stage -> {
                            final List<Integer> chosen = backends(stage, 1, 8);
                            assertThat(chosen.get(0)).isNotEqualTo(chosen.get(1));
                            for (int i = 2; i < chosen.size(); i++) {
                                assertThat(chosen.get(i)).isEqualTo(chosen.get(i - 2));
                            }
                        }),
                algorithmCase(
                        "weighted-round-robin gives turns by weight, spread evenly",
                        Algorithm.WEIGHTED_ROUND_ROBIN,
                        stage -> {
                            weigh(stage.balancer(), 3, 1);
                            final List<Integer> chosen = backends(stage, 1, 16);
                            for (int i = 0; i + 4 <= chosen.size(); i++) {
                                assertThat(chosen.subList(i, i + 4)).containsOnlyOnce(12);
                            }
                        }),
                algorithmCase(
                        "rendezvous spreads connections, and keeps a tuple's backend", Algorithm.RENDEZVOUS, stage -> {
                            final List<Integer> chosen = backends(stage, 1, CONNECTIONS);
                            assertThat(chosen).contains(11, 12);
                            stage.elapse(Duration.ofDays(1));
                            assertThat(backends(stage, 1, CONNECTIONS)).isEqualTo(chosen);
                        }),
                algorithmCase("random-of-two prefers the backend with less to do", Algorithm.RANDOM_OF_TWO, stage -> {
                    assertThat(share(backends(stage, 1, CONNECTIONS), 12)).isBetween(20, 44);
                    load(stage.balancer(), 12, 0, 9);
                    assertThat(share(backends(stage, 100, CONNECTIONS), 12)).isLessThan(28);
                    load(stage.balancer(), 12, 9, 0);
                    assertThat(share(backends(stage, 200, CONNECTIONS), 12)).isGreaterThan(36);
                }),
                algorithmCase(
                        "weighted-least-connections fills up the backend with fewest connections",
                        Algorithm.WEIGHTED_LEAST_CONNECTIONS,
                        stage -> {
                            final List<ServiceSpec> services = stage.balancer().services();
                            final Drains drains = stage.balancer().drains(services);
                            drains.drain(
                                    null,
                                    endpoint -> endpoint.address().toString().endsWith(".12"),
                                    false);
                            assertThat(share(backends(stage, 1, CONNECTIONS), 11))
                                    .isEqualTo(CONNECTIONS);
                            drains.drain(
                                    null,
                                    endpoint -> endpoint.address().toString().endsWith(".12"),
                                    true);
                            drains.poll(stage.balancer().nowNs());
                            assertThat(share(backends(stage, 100, CONNECTIONS), 12))
                                    .isEqualTo(CONNECTIONS);
                            drains.poll(stage.balancer().nowNs() + 1_000_000_000L);
                            assertThat(backends(stage, 200, CONNECTIONS)).contains(11, 12);
                        }));
    }

    private static PacketCase algorithmCase(
            final String sentence, final Algorithm algorithm, final Consumer<PacketStage> script) {
        return new PacketCase(
                sentence,
                () -> new TestBalancer()
                        .selection(new SelectionSpec(algorithm))
                        .neighbour("10.8.0.12", "02:bb:00:00:00:12")
                        .service(Protocol.UDP, VIP, 80, Forwarding.NAT, "10.8.0.11", 8080, "10.8.0.12", 8080),
                script);
    }

    private static void weigh(final TestBalancer balancer, final int one, final int other) {
        final ServiceSpec spec = balancer.services().get(0);
        balancer.serviceTable()
                .put(spec.with(List.of(
                        new BackendSpec(spec.backends().get(0).endpoint(), one),
                        new BackendSpec(spec.backends().get(1).endpoint(), other))));
    }

    /** As the control thread tells of a backend and of the others. */
    private static void load(final TestBalancer balancer, final int backend, final int others, final int own) {
        for (final BackendEntry entry : balancer.serviceTable().backends()) {
            final boolean isOwn = entry.endpoint().address().toString().endsWith("." + backend);
            balancer.serviceTable().setLoad(entry.index(), isOwn ? own : others);
        }
    }

    private static List<Integer> backends(final PacketStage stage, final int firstPort, final int count) {
        final List<Integer> backends = new ArrayList<>();
        for (int port = firstPort; port < firstPort + count; port++) {
            backends.add((int) stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80))
                    .passes(FORWARDED_REQUEST)
                    .outcome()
                    .frame()[DESTINATION_OFFSET]);
        }
        return backends;
    }

    private static int share(final List<Integer> backends, final int backend) {
        return (int) backends.stream().filter(chosen -> chosen == backend).count();
    }
}
