package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_CLOSE_WAIT;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_FIN_WAIT;
import static io.fastpath.kernelbpf.layout.FlowState.UDP_SINGLE;
import static io.fastpath.kernelbpf.layout.FlowState.UDP_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowSweeper;
import java.time.Duration;
import java.util.List;

/** How long connections live in which little or nothing happens. */
final class IdleCases {
    private IdleCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase(
                        "CLOSE_WAIT: data of one direction keeps a half-closed connection (RFC 9293, 3.6)", stage -> {
                            stage.establish();
                            stage.receive(CLIENTS, request().flags(FIN | ACK)).state(TCP_FIN_WAIT);
                            stage.receive(SERVERS, reply().flags(ACK)).state(TCP_CLOSE_WAIT);
                            for (int i = 0; i < 20; i++) {
                                elapse(stage, 50);
                                stage.receive(SERVERS, reply().flags(ACK).payload(1000))
                                        .passes(FORWARDED_REPLY)
                                        .state(TCP_CLOSE_WAIT);
                            }
                            elapse(stage, 70);
                            assertFlows(stage, 0);
                        }),
                packetCase("CLOSE_WAIT: the client's data as well, where the backend closed", stage -> {
                    stage.establish();
                    stage.receive(SERVERS, reply().flags(FIN | ACK)).state(TCP_FIN_WAIT);
                    stage.receive(CLIENTS, request().flags(ACK)).state(TCP_CLOSE_WAIT);
                    for (int i = 0; i < 5; i++) {
                        elapse(stage, 50);
                        stage.receive(CLIENTS, request().flags(ACK).payload(1000))
                                .passes(FORWARDED_REQUEST)
                                .state(TCP_CLOSE_WAIT);
                    }
                }),
                packetCase("UDP_SINGLE: an unanswered datagram is forgotten after 30 seconds", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80)).state(UDP_SINGLE);
                    elapse(stage, 25);
                    assertFlows(stage, 1);
                    elapse(stage, 10);
                    assertFlows(stage, 0);
                }),
                packetCase("UDP_STREAM: an answered one after two minutes", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80)).state(UDP_SINGLE);
                    stage.receive(SERVERS, fromBackend(udp(BACKEND, 8080, SNAT, 40000)))
                            .state(UDP_STREAM);
                    elapse(stage, 110);
                    assertFlows(stage, 1);
                    elapse(stage, 20);
                    assertFlows(stage, 0);
                }));
    }

    /** Goes round the whole table once. */
    static void sweep(final PacketStage stage) {
        new FlowSweeper(stage.flows(), 0, 1, index -> false)
                .sweep(stage.nowTicks(), stage.flows().slotCount());
    }

    private static void elapse(final PacketStage stage, final int seconds) {
        stage.elapse(Duration.ofSeconds(seconds));
        sweep(stage);
    }

    private static void assertFlows(final PacketStage stage, final int count) {
        assertThat(FlowChecks.count(stage.balancer())).as("connections").isEqualTo(count);
    }
}
