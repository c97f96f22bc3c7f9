package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.AFFINITY_FULL;
import static io.fastpath.kernelbpf.layout.Counter.AFFINITY_KEPT;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.AffinityDescriptor;
import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.AffinitySpec;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.SourceSpec;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Clients that keep their backend for some time. Backends are taken in turn, so that a kept one is none by chance. */
final class AffinityCases {
    private static final int SECONDS = 60;
    private static final int DESTINATION_OFFSET = 33; // last byte of the IPv4 destination in an untagged frame
    private static final int DESTINATION_OFFSET6 = 53;

    private AffinityCases() {}

    static List<PacketCase> all() {
        return List.of(
                affinityCase("a client's connections go to one backend, another's to the next", 32, stage -> {
                    final int one = backend(stage, "192.0.2.10", 1);
                    final int other = backend(stage, "192.0.2.11", 1);
                    assertThat(other).isNotEqualTo(one);
                    for (int port = 2; port < 10; port++) {
                        assertThat(backend(stage, "192.0.2.10", port)).isEqualTo(one);
                        assertThat(backend(stage, "192.0.2.11", port)).isEqualTo(other);
                    }
                    assertThat(stage.balancer().count(AFFINITY_KEPT)).isEqualTo(16);
                }),
                affinityCase("a client keeps its backend for a time after its last new connection", 32, stage -> {
                    final int first = backend(stage, "192.0.2.10", 1);
                    stage.elapse(Duration.ofSeconds(SECONDS - 10));
                    assertThat(backend(stage, "192.0.2.10", 2)).isEqualTo(first);
                    stage.elapse(Duration.ofSeconds(SECONDS - 10));
                    assertThat(backend(stage, "192.0.2.10", 3)).isEqualTo(first);
                    stage.elapse(Duration.ofSeconds(SECONDS + 1));
                    assertThat(backend(stage, "192.0.2.10", 4)).isNotEqualTo(first);
                }),
                affinityCase("clients of one IPv4 prefix are one client", 24, stage -> {
                    final int first = backend(stage, "192.0.2.10", 1);
                    assertThat(backend(stage, "192.0.2.200", 1)).isEqualTo(first);
                    assertThat(backend(stage, "198.51.100.7", 1)).isNotEqualTo(first);
                }),
                affinityCase("clients of one IPv6 /64 are one client", 64, stage -> {
                    final int first = backend6(stage, "2001:db8:1::10");
                    assertThat(backend6(stage, "2001:db8:1::ffff:ffff:ffff:ffff"))
                            .isEqualTo(first);
                    assertThat(backend6(stage, "2001:db8:1:1::10")).isNotEqualTo(first);
                }),
                affinityCase("a client whose backend is drained gets another one, and keeps that", 32, stage -> {
                    final int first = backend(stage, "192.0.2.10", 1);
                    stage.balancer()
                            .drains(stage.balancer().services())
                            .drain(
                                    null,
                                    endpoint -> endpoint.address().toString().endsWith("." + first),
                                    false);
                    final int other = backend(stage, "192.0.2.10", 2);
                    assertThat(other).isNotEqualTo(first);
                    assertThat(backend(stage, "192.0.2.10", 3)).isEqualTo(other);
                }),
                affinityCase(
                        "a client without room to be remembered goes by the algorithm, and is counted", 32, stage -> {
                            fill(stage);
                            final int first = backend(stage, "192.0.2.10", 1);
                            assertThat(backend(stage, "192.0.2.10", 2)).isNotEqualTo(first);
                            assertThat(stage.balancer().count(AFFINITY_FULL)).isEqualTo(2);
                            stage.elapse(Duration.ofSeconds(SECONDS + 1));
                            final int kept = backend(stage, "192.0.2.10", 3);
                            assertThat(backend(stage, "192.0.2.10", 4)).isEqualTo(kept);
                        }));
    }

    private static PacketCase affinityCase(
            final String sentence, final int prefixBits, final Consumer<PacketStage> script) {
        return new PacketCase(
                sentence,
                () -> new TestBalancer()
                        .selection(new SelectionSpec(
                                HashInput.TUPLE,
                                Algorithm.WEIGHTED_ROUND_ROBIN,
                                SourceSpec.ALL,
                                new AffinitySpec(SECONDS, prefixBits)))
                        .neighbour("10.8.0.12", "02:bb:00:00:00:12")
                        .neighbour("2001:db8:8::12", "02:bb:00:00:00:12")
                        .service(Protocol.UDP, VIP, 80, Forwarding.NAT, "10.8.0.11", 8080, "10.8.0.12", 8080)
                        .service(
                                Protocol.UDP, VIP6, 80, Forwarding.NAT, "2001:db8:8::11", 8080, "2001:db8:8::12", 8080),
                script);
    }

    /** Strangers whose time is not over have every place. */
    private static void fill(final PacketStage stage) {
        final SharedMemory lines = stage.balancer().tables().region(MapNames.AFFINITIES);
        for (long line = 0; line < lines.length(); line += AffinityDescriptor.LENGTH) {
            for (int i = 0; i < AffinityDescriptor.WAYS; i++) {
                lines.putLong(line + AffinityDescriptor.TAG_OFFSET + (long) i * Long.BYTES, 7 + i);
                lines.putInt(
                        line + AffinityDescriptor.UNTIL_TICKS_OFFSET + (long) i * Integer.BYTES,
                        stage.nowTicks() + SECONDS * 950);
            }
        }
    }

    private static int backend(final PacketStage stage, final String client, final int port) {
        return stage.receive(CLIENTS, udp(client, port, VIP, 80))
                .passes(FORWARDED_REQUEST)
                .outcome()
                .frame()[DESTINATION_OFFSET];
    }

    private static int backend6(final PacketStage stage, final String client) {
        return stage.receive(CLIENTS, udp(client, 1, VIP6, 80))
                .passes(FORWARDED_REQUEST)
                .outcome()
                .frame()[DESTINATION_OFFSET6];
    }
}
