package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.SelectionSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Which backend a new connection gets: what of its tuple is hashed. */
final class SelectionCases {
    /** So many connections: that all get the same of two backends by chance happens once in four billions. */
    private static final int CONNECTIONS = 32;

    private SelectionCases() {}

    static List<PacketCase> all() {
        return List.of(
                hashCase("hash: tuple spreads one client's connections over the backends", HashInput.TUPLE, stage -> {
                    assertThat(backends(stage, port -> udp(CLIENT, port, VIP, 80)))
                            .hasSize(2);
                    assertThat(backends(stage, port -> udp(CLIENT6, port, VIP6, 80)))
                            .hasSize(2);
                }),
                hashCase(
                        "hash: source keeps a client on one backend, whatever VIP port it speaks to",
                        HashInput.SOURCE,
                        stage -> {
                            final Set<String> chosen = backends(stage, port -> udp(CLIENT, port, VIP, 80));
                            assertThat(chosen).hasSize(1);
                            assertThat(backends(stage, port -> udp(CLIENT, 100 + port, VIP, 81)))
                                    .isEqualTo(chosen);
                            assertThat(backends(stage, port -> udp(CLIENT6, port, VIP6, 80)))
                                    .hasSize(1);
                        }),
                hashCase(
                        "hash: source spreads clients over the backends",
                        HashInput.SOURCE,
                        stage -> assertThat(backends(stage, host -> udp("192.0.2." + host, 1234, VIP, 80)))
                                .hasSize(2)),
                hashCase(
                        "hash: source-and-port keeps a client on one backend for each port of the VIP",
                        HashInput.SOURCE_AND_PORT,
                        stage -> {
                            final Set<String> chosen = new HashSet<>();
                            for (int port = 80; port < 96; port++) {
                                final int destination = port;
                                final Set<String> ofPort = backends(
                                        stage, source -> udp(CLIENT, 100 * destination + source, VIP, destination));
                                assertThat(ofPort).hasSize(1);
                                chosen.addAll(ofPort);
                            }
                            assertThat(chosen).hasSize(2);
                        }));
    }

    private static PacketCase hashCase(
            final String sentence, final HashInput hash, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, () -> balancer(hash), script);
    }

    private static TestBalancer balancer(final HashInput hash) {
        final TestBalancer balancer = new TestBalancer()
                .selection(new SelectionSpec(hash))
                .neighbour("10.8.0.12", "02:bb:00:00:00:12")
                .neighbour("2001:db8:8::12", "02:bb:00:00:00:12");
        for (int port = 80; port < 96; port++) {
            balancer.service(Protocol.UDP, VIP, port, Forwarding.NAT, "10.8.0.11", 8080, "10.8.0.12", 8080);
        }
        return balancer.service(Protocol.UDP, VIP6, 80, Forwarding.NAT, "2001:db8:8::11", 8080, "2001:db8:8::12", 8080);
    }

    /** The backends that so many datagrams went to. */
    private static Set<String> backends(final PacketStage stage, final IntFunction<PacketBuilder> datagram) {
        final Set<String> backends = new HashSet<>();
        for (int i = 1; i <= CONNECTIONS; i++) {
            final byte[] sent = stage.receive(CLIENTS, datagram.apply(i))
                    .passes(FORWARDED_REQUEST)
                    .outcome()
                    .frame();
            final boolean isIpv4 = sent[14] >>> 4 == 4;
            backends.add(Address.ofBytes(isIpv4 ? Arrays.copyOfRange(sent, 30, 34) : Arrays.copyOfRange(sent, 38, 54))
                    .toString());
        }
        return backends;
    }
}
