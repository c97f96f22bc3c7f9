package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.requestOut;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_STATE;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_CLOSED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_REOPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_CLOSE;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_CLOSE_WAIT;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_FIN_WAIT;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_LAST_ACK;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_RECV;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_SENT;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_SENT2;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_TIME_WAIT;

import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.kernelbpf.layout.Counter;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A connection from its first segment to its last, and what the flow table holds of it in between. */
final class TcpLifeCases {
    private static final int PSH = 0x08;

    private TcpLifeCases() {}

    static List<PacketCase> all() {
        return Stream.of(openings(), endings(), resets(), again())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> openings() {
        return List.of(
                packetCase("a handshake leads from SYN-SENT over SYN-RECV to ESTABLISHED", stage -> {
                    asks(stage, SYN, TCP_SYN_SENT).counts(FLOW_OPENED, 1).flows(1);
                    answers(stage, SYN | ACK, TCP_SYN_RECV)
                            .counts(FLOW_OPENED, 0)
                            .flows(1);
                    asks(stage, ACK, TCP_ESTABLISHED).flows(1);
                }),
                packetCase("a SYN with data, ECN asked for, opens as any other", stage -> {
                    stage.receive(CLIENTS, request().flags(SYN | 0xc0).payload(7))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    requestOut().flags(SYN | 0xc0).payload(7))
                            .state(TCP_SYN_SENT);
                }),
                packetCase("SYN and SYN+ACK sent again change nothing", stage -> {
                    asks(stage, SYN, TCP_SYN_SENT);
                    asks(stage, SYN, TCP_SYN_SENT).flows(1);
                    answers(stage, SYN | ACK, TCP_SYN_RECV);
                    answers(stage, SYN | ACK, TCP_SYN_RECV).flows(1);
                    asks(stage, SYN, TCP_SYN_RECV);
                    asks(stage, ACK, TCP_ESTABLISHED);
                }),
                packetCase("both sides send a SYN at once", stage -> {
                    asks(stage, SYN, TCP_SYN_SENT);
                    answers(stage, SYN, TCP_SYN_SENT2);
                    answers(stage, SYN | ACK, TCP_SYN_RECV);
                    asks(stage, ACK, TCP_ESTABLISHED);
                }),
                packetCase("data flows both ways, pushed and not, and the state stays", stage -> {
                    stage.establish();
                    asks(stage, ACK | PSH, TCP_ESTABLISHED);
                    answers(stage, ACK, TCP_ESTABLISHED);
                    answers(stage, ACK | PSH, TCP_ESTABLISHED).counts(FLOW_OPENED, 0);
                }),
                packetCase("a handshake over IPv6", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80)).state(TCP_SYN_SENT);
                    stage.receive(SERVERS, reply6().flags(SYN | ACK)).state(TCP_SYN_RECV);
                    stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80).flags(ACK))
                            .state(TCP_ESTABLISHED);
                }));
    }

    private static List<PacketCase> endings() {
        return List.of(
                packetCase("the client closes first", stage -> {
                    stage.establish();
                    asks(stage, FIN | ACK, TCP_FIN_WAIT);
                    answers(stage, ACK, TCP_CLOSE_WAIT);
                    answers(stage, FIN | ACK, TCP_LAST_ACK);
                    asks(stage, ACK, TCP_TIME_WAIT).flows(1);
                }),
                packetCase("the backend closes first", stage -> {
                    stage.establish();
                    answers(stage, FIN | ACK, TCP_FIN_WAIT);
                    asks(stage, ACK, TCP_CLOSE_WAIT);
                    asks(stage, FIN | ACK, TCP_LAST_ACK);
                    answers(stage, ACK, TCP_TIME_WAIT);
                }),
                packetCase("data still comes from the side that has not closed", stage -> {
                    stage.establish();
                    asks(stage, FIN | ACK, TCP_FIN_WAIT);
                    answers(stage, ACK | PSH, TCP_CLOSE_WAIT);
                    answers(stage, ACK | PSH, TCP_CLOSE_WAIT);
                    asks(stage, ACK, TCP_CLOSE_WAIT);
                }),
                packetCase("a FIN sent again is no second one", stage -> {
                    stage.establish();
                    asks(stage, FIN | ACK, TCP_FIN_WAIT);
                    asks(stage, FIN | ACK, TCP_FIN_WAIT);
                    answers(stage, ACK, TCP_CLOSE_WAIT);
                    answers(stage, FIN | ACK, TCP_LAST_ACK);
                    answers(stage, FIN | ACK, TCP_LAST_ACK);
                    asks(stage, ACK, TCP_TIME_WAIT);
                }),
                packetCase("late segments of a closed connection still pass", stage -> {
                    close(stage);
                    answers(stage, FIN | ACK, TCP_TIME_WAIT);
                    asks(stage, ACK, TCP_TIME_WAIT).counts(FLOW_REOPENED, 0);
                }));
    }

    private static List<PacketCase> resets() {
        return List.of(
                packetCase("a client's RST ends the connection, and the backend hears of it", stage -> {
                    stage.establish();
                    asks(stage, RST, TCP_CLOSE).flows(1);
                }),
                packetCase("a backend's RST refuses a connection", stage -> {
                    asks(stage, SYN, TCP_SYN_SENT);
                    answers(stage, RST | ACK, TCP_CLOSE);
                }),
                packetCase("a backend's RST in the middle of a connection", stage -> {
                    stage.establish();
                    answers(stage, RST, TCP_CLOSE);
                    asks(stage, RST, TCP_CLOSE);
                }),
                packetCase("a FIN or a plain ACK before the handshake", stage -> {
                    asks(stage, SYN, TCP_SYN_SENT);
                    stage.receive(CLIENTS, request().flags(FIN | ACK))
                            .ends(DROP_TCP_STATE)
                            .state(TCP_SYN_SENT);
                    stage.receive(SERVERS, reply().flags(FIN | ACK))
                            .ends(DROP_TCP_STATE)
                            .state(TCP_SYN_SENT);
                }));
    }

    private static List<PacketCase> again() {
        return List.of(
                packetCase("a SYN on a tuple in TIME-WAIT opens the connection again, in place", stage -> {
                    close(stage);
                    stage.receive(CLIENTS, request())
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut())
                            .counts(FLOW_REOPENED, 1)
                            .counts(FLOW_OPENED, 0)
                            .state(TCP_SYN_SENT)
                            .flows(1);
                    answers(stage, SYN | ACK, TCP_SYN_RECV);
                    asks(stage, ACK, TCP_ESTABLISHED);
                    asks(stage, FIN | ACK, TCP_FIN_WAIT);
                }),
                packetCase("segments of an idle connection keep it, for either side", stage -> {
                    stage.establish();
                    for (int i = 0; i < 3; i++) {
                        stage.elapse(Duration.ofSeconds(7000));
                        stage.receive(i == 1 ? SERVERS : CLIENTS, (i == 1 ? reply() : request()).flags(ACK))
                                .counts(FLOW_CLOSED, 0)
                                .state(TCP_ESTABLISHED);
                    }
                }),
                packetCase("a SYN to an established connection leaves it as it is", stage -> {
                    stage.establish();
                    stage.receive(CLIENTS, request()).counts(FLOW_REOPENED, 0).state(TCP_ESTABLISHED);
                }),
                packetCase(
                        "a connection that was reset is no flow for a segment of nobody's",
                        stage -> stage.receive(CLIENTS, request().flags(ACK))
                                .ends(DROP_NO_FLOW)
                                .flows(0)));
    }

    private static void close(final PacketStage stage) {
        stage.establish();
        asks(stage, FIN | ACK, TCP_FIN_WAIT);
        answers(stage, FIN | ACK, TCP_LAST_ACK);
        asks(stage, ACK, TCP_TIME_WAIT);
    }

    private static PacketBuilder reply6() {
        return Frames.fromBackend(tcp("2001:db8:8::11", 8080, "2001:db8:8::1", 40000));
    }

    private static PacketStage.Received asks(final PacketStage stage, final int flags, final int state) {
        return step(stage, CLIENTS, request().flags(flags).build(), FORWARDED_REQUEST, state);
    }

    private static PacketStage.Received answers(final PacketStage stage, final int flags, final int state) {
        return step(stage, SERVERS, reply().flags(flags).build(), FORWARDED_REPLY, state);
    }

    private static PacketStage.Received step(
            final PacketStage stage, final int ifindex, final byte[] frame, final Counter verdict, final int state) {
        return stage.receive(ifindex, frame).passes(verdict).state(state);
    }
}
