package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_RATE_CLIENT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_RATE_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.Counter.LIMIT_UNTRACKED;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.LimitDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** How many connections may be opened in a second, by whom, and what no limit touches. */
final class LimitCases {
    private static final String OTHER = "192.0.2.77";

    private LimitCases() {}

    static List<PacketCase> all() {
        return Stream.of(refusals(), exemptions()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> refusals() {
        return List.of(
                limited("limits: a client's second connection within its limit's second is refused", 0, 1, stage -> {
                    opens(stage, CLIENT, 1);
                    stage.receive(CLIENTS, udp(CLIENT, 2, VIP, 80))
                            .ends(DROP_RATE_CLIENT)
                            .counts(FLOW_OPENED, 0);
                    opens(stage, OTHER, 2);
                }),
                limited("limits: a client has a bucket at each service", 0, 1, stage -> {
                    opens(stage, CLIENT, 1);
                    stage.receive(CLIENTS, udp(CLIENT, 1, VIP, 90)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp(CLIENT, 2, VIP, 90)).ends(DROP_RATE_CLIENT);
                }),
                limited("limits: an IPv6 client is its /64 (RFC 4291, 2.5.4)", 0, 1, stage -> {
                    stage.receive(CLIENTS, udp(CLIENT6, 1, VIP6, 80)).passes(FORWARDED_REQUEST);
                    stage.receive(CLIENTS, udp("2001:db8:1::ffff:1", 1, VIP6, 80))
                            .ends(DROP_RATE_CLIENT);
                    stage.receive(CLIENTS, udp("2001:db8:1:1::1", 1, VIP6, 80)).passes(FORWARDED_REQUEST);
                }),
                limited(
                        "limits: the second connection with a service within its limit's second is refused",
                        1,
                        0,
                        stage -> {
                            opens(stage, CLIENT, 1);
                            stage.receive(CLIENTS, udp(OTHER, 1, VIP, 80))
                                    .ends(DROP_RATE_SERVICE)
                                    .counts(FLOW_OPENED, 0);
                        }),
                limited("limits: what a client has too much of does not count for its service", 2, 1, stage -> {
                    opens(stage, CLIENT, 1);
                    stage.receive(CLIENTS, udp(CLIENT, 2, VIP, 80)).ends(DROP_RATE_CLIENT);
                    opens(stage, OTHER, 1);
                    stage.receive(CLIENTS, udp("192.0.2.78", 1, VIP, 80)).ends(DROP_RATE_SERVICE);
                }));
    }

    private static List<PacketCase> exemptions() {
        return List.of(
                new PacketCase("limits: known connections are not limited", LimitCases::onePort, stage -> {
                    stage.establish();
                    for (int i = 0; i < 5; i++) {
                        stage.receive(CLIENTS, request().flags(ACK)).passes(FORWARDED_REQUEST);
                    }
                    stage.receive(CLIENTS, tcp(CLIENT, 2, VIP, 80)).ends(DROP_RATE_CLIENT);
                }),
                limited("limits: what would not be opened anyway is not counted", 1, 1, stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1, VIP, 80).flags(RST)).ends(DROP_NO_FLOW);
                    stage.receive(CLIENTS, tcp(CLIENT, 1, VIP, 80).ttl(1)).ends(DROP_TTL_EXPIRED);
                    stage.receive(CLIENTS, tcp(CLIENT, 1, VIP, 80)).passes(FORWARDED_REQUEST);
                }),
                limited("limits: after a second there is another connection", 1, 1, stage -> {
                    opens(stage, CLIENT, 1);
                    stage.receive(CLIENTS, udp(CLIENT, 2, VIP, 80)).ends(DROP_RATE_CLIENT);
                    stage.elapse(Duration.ofSeconds(1));
                    opens(stage, CLIENT, 2);
                }),
                limited(
                        "limits: who finds no place in the table of clients is let through and counted",
                        0,
                        1,
                        stage -> {
                            crowd(stage);
                            for (int port = 1; port < 4; port++) {
                                stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80))
                                        .passes(FORWARDED_REQUEST)
                                        .counts(LIMIT_UNTRACKED, 1);
                            }
                        }));
    }

    private static PacketCase limited(
            final String sentence,
            final int perSecond,
            final int perSecondPerClient,
            final Consumer<PacketStage> script) {
        return new PacketCase(
                sentence,
                () -> new TestBalancer().usualServices().snatPorts(40000, 40999).limits(perSecond, perSecondPerClient),
                script);
    }

    /** One source port, which the usual reply comes to. */
    private static TestBalancer onePort() {
        return new TestBalancer().usualServices().limits(1, 1);
    }

    private static void opens(final PacketStage stage, final String client, final int port) {
        stage.receive(CLIENTS, udp(client, port, VIP, 80))
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_OPENED, 1);
    }

    /** Every place belongs to somebody who was here just now. */
    private static void crowd(final PacketStage stage) {
        final SharedMemory limits = stage.balancer().tables().region(MapNames.LIMITS);
        final long fullNs = stage.balancer().nowNs() + TimeUnit.MINUTES.toNanos(1);
        for (int line = 0; line < LimitDescriptor.LINES; line++) {
            for (int way = 0; way < LimitDescriptor.WAYS; way++) {
                final long word = LimitDescriptor.lineOffset(line) + (long) way * Long.BYTES;
                limits.putLong(word + LimitDescriptor.TAG_OFFSET, way + 1L);
                limits.putLong(word + LimitDescriptor.FULL_NS_OFFSET, fullNs);
            }
        }
    }
}
