package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_PORTS_EXHAUSTED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_CLOSED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_RECYCLED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import java.time.Duration;
import java.util.List;

/** Source ports of ended connections, when there are no others. */
final class RecycleCases {
    private RecycleCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase(
                        "a reset connection's source port goes to a new one after a second of silence (RFC 6191)",
                        RecycleCases::portOfAResetOne),
                packetCase(
                        "the source port of one in TIME_WAIT goes to a new one after a second of silence (RFC 6191)",
                        RecycleCases::portOfAClosedOne),
                packetCase("a silent established connection keeps its source port", stage -> {
                    stage.establish();
                    stage.elapse(Duration.ofMinutes(1));
                    stage.receive(CLIENTS, other()).ends(DROP_PORTS_EXHAUSTED).flows(1);
                }),
                packetCase("an expired connection's source port goes to a new one without a sweep", stage -> {
                    stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80)).counts(FLOW_OPENED, 1);
                    stage.elapse(Duration.ofMinutes(10));
                    stage.receive(CLIENTS, udp(CLIENT, 1235, VIP, 80))
                            .passes(FORWARDED_REQUEST)
                            .counts(FLOW_RECYCLED, 1)
                            .counts(FLOW_CLOSED, 1)
                            .flows(1);
                }),
                new PacketCase(
                        "under NAT a client's port goes from an ended connection to one over another service",
                        () -> new TestBalancer()
                                .service(Protocol.TCP, VIP, 80, Forwarding.NAT, BACKEND, 9090)
                                .service(Protocol.TCP, VIP, 90, Forwarding.NAT, BACKEND, 9090),
                        RecycleCases::portOverAnotherService));
    }

    private static void portOfAResetOne(final PacketStage stage) {
        stage.establish();
        stage.receive(CLIENTS, request().flags(RST));
        stage.elapse(Duration.ofMillis(500));
        stage.receive(CLIENTS, other()).ends(DROP_PORTS_EXHAUSTED).flows(1);
        stage.elapse(Duration.ofMillis(1500));
        takeOver(stage);
        stage.receive(SERVERS, reply())
                .leaves(
                        FORWARDED_REPLY,
                        CLIENTS,
                        toClient(tcp(VIP, 80, CLIENT, 4321).flags(SYN | ACK)));
    }

    private static void portOfAClosedOne(final PacketStage stage) {
        stage.establish();
        stage.receive(CLIENTS, request().flags(FIN | ACK)).passes(FORWARDED_REQUEST);
        stage.receive(SERVERS, reply().flags(FIN | ACK)).passes(FORWARDED_REPLY);
        stage.elapse(Duration.ofSeconds(2));
        stage.receive(CLIENTS, other()).ends(DROP_PORTS_EXHAUSTED);
        stage.receive(CLIENTS, request().flags(ACK)).passes(FORWARDED_REQUEST);
        stage.receive(CLIENTS, other()).ends(DROP_PORTS_EXHAUSTED);
        stage.elapse(Duration.ofSeconds(2));
        takeOver(stage);
    }

    private static void takeOver(final PacketStage stage) {
        stage.receive(CLIENTS, other())
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_RECYCLED, 1)
                .counts(FLOW_CLOSED, 1)
                .counts(FLOW_OPENED, 1)
                .flows(1);
    }

    private static void portOverAnotherService(final PacketStage stage) {
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80)).counts(FLOW_OPENED, 1);
        stage.elapse(Duration.ofSeconds(2));
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 90)).ends(DROP_PORTS_EXHAUSTED);
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 80).flags(RST)).passes(FORWARDED_REQUEST);
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 90)).ends(DROP_PORTS_EXHAUSTED);
        stage.elapse(Duration.ofSeconds(2));
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 90))
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_RECYCLED, 1)
                .flows(1);
    }

    private static PacketBuilder other() {
        return tcp(CLIENT, 4321, VIP, 80);
    }
}
