package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.Segments.BACKEND_BEGIN;
import static io.fastpath.fastpath.agreement.Segments.CLIENT_BEGIN;
import static io.fastpath.fastpath.agreement.Segments.SCALE;
import static io.fastpath.fastpath.agreement.Segments.STAMP;
import static io.fastpath.fastpath.agreement.Segments.backend;
import static io.fastpath.fastpath.agreement.Segments.client;
import static io.fastpath.fastpath.agreement.Segments.syn;
import static io.fastpath.fastpath.agreement.Segments.synAck;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_WINDOW;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_DISBELIEVED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_REOPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_CLOSE;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_FIN_WAIT;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_LAST_ACK;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_RECV;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_SENT;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_TIME_WAIT;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.TcpCheckLevel;
import io.fastpath.lb.service.TrackingSpec;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** TCP segments judged by their sequence numbers. */
final class TcpCheckCases {
    private static final int CLIENT = CLIENT_BEGIN + 1;
    private static final int SERVER = BACKEND_BEGIN + 1;
    private static final int OFFERED = 65_160;
    private static final int FAR = 10_000_000;

    private TcpCheckCases() {}

    static List<PacketCase> all() {
        return Stream.of(resets(), syns(), windows(), closings(), unknowns())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> resets() {
        return List.of(
                loose("RFC 5961, 3.2: a RST at the number that is expected ends the connection", stage -> {
                    open(stage);
                    answers(stage, backend(RST, SERVER, 0), TCP_CLOSE, 0);
                }),
                loose("RFC 5961, 3.2: a RST elsewhere in the window is for the endpoint to judge", stage -> {
                    open(stage);
                    answers(stage, backend(RST, SERVER + 1, 0), TCP_ESTABLISHED, 1);
                    answers(stage, backend(RST | ACK, SERVER + 30_000, CLIENT), TCP_ESTABLISHED, 1);
                    asks(stage, client(RST, CLIENT + 1, 0), TCP_ESTABLISHED, 1);
                }),
                loose("RFC 5961, 3.2: out of the window too, under loose", stage -> {
                    open(stage);
                    answers(stage, backend(RST, SERVER + FAR, 0), TCP_ESTABLISHED, 1);
                    answers(stage, backend(RST, SERVER - 1, 0), TCP_ESTABLISHED, 1);
                }),
                strict("RFC 5961, 3.2: under strict it is dropped", stage -> {
                    open(stage);
                    stage.receive(SERVERS, backend(RST, SERVER + FAR, 0))
                            .ends(DROP_TCP_WINDOW)
                            .state(TCP_ESTABLISHED);
                    stage.receive(CLIENTS, client(RST, CLIENT - 1, 0))
                            .ends(DROP_TCP_WINDOW)
                            .state(TCP_ESTABLISHED);
                    answers(stage, backend(RST, SERVER + 1, 0), TCP_ESTABLISHED, 1);
                }),
                strict("a RST after data that is not acknowledged yet is that of its sender", stage -> {
                    open(stage);
                    asks(stage, client(ACK, CLIENT, SERVER).payload(100), TCP_ESTABLISHED, 0);
                    asks(stage, client(RST | ACK, CLIENT + 100, SERVER), TCP_CLOSE, 0);
                }),
                loose("RFC 9293, 3.10.7.3: a RST in SYN-SENT must acknowledge the SYN", stage -> {
                    stage.receive(CLIENTS, syn(CLIENT_BEGIN)).state(TCP_SYN_SENT);
                    answers(stage, backend(RST, 0, 0), TCP_SYN_SENT, 1);
                    answers(stage, backend(RST | ACK, 0, CLIENT + 1), TCP_SYN_SENT, 1);
                    answers(stage, backend(RST | ACK, 0, CLIENT), TCP_CLOSE, 0);
                }),
                loose("a client that knows nothing resets what the backend still holds (RFC 9293, 3.5.1)", stage -> {
                    open(stage);
                    asks(stage, syn(777_000), TCP_ESTABLISHED, 1);
                    answers(stage, backend(ACK, SERVER, CLIENT), TCP_ESTABLISHED, 0);
                    asks(stage, client(RST, CLIENT, 0), TCP_CLOSE, 0);
                    asks(stage, syn(777_000), TCP_SYN_SENT, 0);
                }));
    }

    private static List<PacketCase> syns() {
        return List.of(
                strict("RFC 5961, 4: a SYN into a connection changes nothing", stage -> {
                    open(stage);
                    asks(stage, syn(CLIENT_BEGIN), TCP_ESTABLISHED, 1);
                    asks(stage, syn(CLIENT + 100), TCP_ESTABLISHED, 1);
                    asks(stage, client(ACK, CLIENT, SERVER).payload(10), TCP_ESTABLISHED, 0);
                }),
                strict("a SYN+ACK must acknowledge the SYN", stage -> {
                    stage.receive(CLIENTS, syn(CLIENT_BEGIN)).state(TCP_SYN_SENT);
                    answers(stage, synAck(BACKEND_BEGIN, CLIENT + 1, OFFERED), TCP_SYN_SENT, 1);
                    answers(stage, synAck(BACKEND_BEGIN, CLIENT, OFFERED), TCP_SYN_RECV, 0);
                }),
                loose("RFC 1122, 4.2.2.13: a SYN with a later number takes a connection in TIME-WAIT over", stage -> {
                    close(stage);
                    stage.receive(CLIENTS, syn(CLIENT + 50))
                            .passes(FORWARDED_REQUEST)
                            .counts(FLOW_REOPENED, 1)
                            .state(TCP_SYN_SENT);
                    answers(stage, synAck(BACKEND_BEGIN + FAR, CLIENT + 51, OFFERED), TCP_SYN_RECV, 0);
                }),
                loose("RFC 1122, 4.2.2.13: one with an earlier number does not, and goes on to the backend", stage -> {
                    close(stage);
                    stage.receive(CLIENTS, syn(CLIENT_BEGIN - 5))
                            .passes(FORWARDED_REQUEST)
                            .counts(FLOW_REOPENED, 0)
                            .counts(FLOW_DISBELIEVED, 1)
                            .state(TCP_TIME_WAIT);
                }),
                loose("RFC 6191: but with a timestamp it does", stage -> {
                    close(stage);
                    stage.receive(CLIENTS, syn(CLIENT_BEGIN - 5, STAMP))
                            .counts(FLOW_REOPENED, 1)
                            .state(TCP_SYN_SENT);
                }),
                strict("both SYNs at once (RFC 9293, 3.5), and what follows is judged", stage -> {
                    stage.receive(CLIENTS, syn(CLIENT_BEGIN)).state(TCP_SYN_SENT);
                    stage.receive(SERVERS, Segments.numbers(backend(2, 0, 0), BACKEND_BEGIN, 0, OFFERED));
                    answers(stage, synAck(BACKEND_BEGIN, CLIENT, OFFERED), TCP_SYN_RECV, 0);
                    asks(stage, client(ACK, CLIENT, SERVER), TCP_ESTABLISHED, 0);
                    stage.receive(CLIENTS, client(ACK, CLIENT + FAR, SERVER)).ends(DROP_TCP_WINDOW);
                }));
    }

    private static List<PacketCase> windows() {
        return List.of(
                strict("data up to the edge of the window, and none beyond (tcp_in_window)", stage -> {
                    open(stage);
                    asks(stage, client(ACK, CLIENT + OFFERED, SERVER).payload(1), TCP_ESTABLISHED, 0);
                    stage.receive(
                                    CLIENTS,
                                    client(ACK, CLIENT + OFFERED + 1, SERVER).payload(1))
                            .ends(DROP_TCP_WINDOW);
                    asks(stage, client(ACK, CLIENT, SERVER).payload(1000), TCP_ESTABLISHED, 0);
                }),
                strict("an acknowledgment of what was sent, and of nothing else (RFC 5961, 5.2)", stage -> {
                    open(stage);
                    stage.receive(CLIENTS, client(ACK, CLIENT, SERVER + 1)).ends(DROP_TCP_WINDOW);
                    answers(stage, backend(ACK, SERVER, CLIENT).payload(500), TCP_ESTABLISHED, 0);
                    asks(stage, client(ACK, CLIENT, SERVER + 500), TCP_ESTABLISHED, 0);
                    asks(stage, client(ACK, CLIENT, SERVER + 500 - 66_001), TCP_ESTABLISHED, 0);
                    stage.receive(CLIENTS, client(ACK, CLIENT, SERVER + 500 - 66_002))
                            .ends(DROP_TCP_WINDOW);
                }),
                strict("windows are scaled where both offer it (RFC 7323, 2)", stage -> {
                    open(stage);
                    answers(stage, backend(ACK, SERVER + 502 * 128, CLIENT).payload(1), TCP_ESTABLISHED, 0);
                    stage.receive(
                                    SERVERS,
                                    backend(ACK, SERVER + 502 * 128 + 1, CLIENT).payload(1))
                            .ends(DROP_TCP_WINDOW);
                }),
                strict("and only there", stage -> {
                    stage.receive(CLIENTS, syn(CLIENT_BEGIN));
                    stage.receive(SERVERS, synAck(BACKEND_BEGIN, CLIENT, OFFERED, SCALE));
                    asks(stage, client(ACK, CLIENT, SERVER), TCP_ESTABLISHED, 0);
                    answers(stage, backend(ACK, SERVER + 502, CLIENT).payload(1), TCP_ESTABLISHED, 0);
                    stage.receive(SERVERS, backend(ACK, SERVER + 503, CLIENT).payload(1))
                            .ends(DROP_TCP_WINDOW);
                }),
                strict("keep-alives and probes of a closed window pass (RFC 9293, 3.8.4, 3.8.6)", stage -> {
                    open(stage);
                    asks(stage, client(ACK, CLIENT - 1, SERVER), TCP_ESTABLISHED, 0);
                    asks(stage, client(ACK, CLIENT - 1, SERVER).payload(1), TCP_ESTABLISHED, 0);
                    asks(stage, client(ACK, CLIENT + OFFERED, SERVER).payload(1), TCP_ESTABLISHED, 0);
                }),
                strict("numbers go round", stage -> {
                    stage.receive(CLIENTS, syn(-3, SCALE));
                    stage.receive(SERVERS, synAck(-2, -2, OFFERED, SCALE));
                    asks(stage, client(ACK, -2, -1), TCP_ESTABLISHED, 0);
                    asks(stage, client(ACK, -2, -1).payload(100), TCP_ESTABLISHED, 0);
                    answers(stage, backend(ACK, -1, 98).payload(100), TCP_ESTABLISHED, 0);
                    asks(stage, client(ACK, 98, 99), TCP_ESTABLISHED, 0);
                    answers(stage, backend(RST, 99, 0), TCP_CLOSE, 0);
                }),
                loose("data out of the window passes under loose, and keeps the connection", stage -> {
                    open(stage);
                    asks(stage, client(ACK, CLIENT + FAR, SERVER).payload(10), TCP_ESTABLISHED, 0);
                    answers(stage, backend(RST, SERVER, 0), TCP_CLOSE, 0);
                }));
    }

    private static List<PacketCase> closings() {
        return List.of(
                loose("a FIN out of the window does not close (RFC 5961, 5)", stage -> {
                    open(stage);
                    asks(stage, client(FIN | ACK, CLIENT + FAR, SERVER), TCP_ESTABLISHED, 1);
                    asks(stage, client(FIN | ACK, CLIENT, SERVER), TCP_FIN_WAIT, 0);
                }),
                strict("and is dropped under strict", stage -> {
                    open(stage);
                    stage.receive(CLIENTS, client(FIN | ACK, CLIENT + FAR, SERVER))
                            .ends(DROP_TCP_WINDOW)
                            .state(TCP_ESTABLISHED);
                }),
                strict("FIN counts as a number: its acknowledgment is one of what was sent", stage -> close(stage)));
    }

    private static List<PacketCase> unknowns() {
        return List.of(
                new PacketCase(
                        "of a connection that is picked up no windows are known: all passes but resets by guess",
                        () -> balancer(new TrackingSpec(true, TcpCheckLevel.STRICT), Forwarding.NAT),
                        stage -> {
                            asks(stage, client(ACK, 7, 9).payload(1), TCP_SYN_RECV, 0);
                            asks(stage, client(ACK, FAR, 9), TCP_ESTABLISHED, 0);
                            asks(stage, client(RST, 99, 9), TCP_ESTABLISHED, 1);
                            asks(stage, client(FIN | ACK, 99, FAR), TCP_FIN_WAIT, 0);
                            asks(stage, client(RST, FAR, 9), TCP_CLOSE, 0);
                        }),
                new PacketCase(
                        "with direct server return a client's RST must be at the end of what it sent",
                        () -> balancer(new TrackingSpec(false, TcpCheckLevel.STRICT), Forwarding.DSR_L2),
                        stage -> {
                            asks(stage, syn(CLIENT_BEGIN), TCP_SYN_SENT, 0);
                            asks(stage, client(ACK, CLIENT, SERVER), TCP_ESTABLISHED, 0);
                            asks(stage, client(ACK, CLIENT, SERVER).payload(10), TCP_ESTABLISHED, 0);
                            asks(stage, client(RST, CLIENT + 11, 0), TCP_ESTABLISHED, 1);
                            asks(stage, client(RST, CLIENT + 10, 0), TCP_CLOSE, 0);
                        }),
                strict("a SYN's malformed options say nothing", stage -> {
                    stage.receive(CLIENTS, syn(CLIENT_BEGIN, 3, 0, 7, 1));
                    stage.receive(SERVERS, synAck(BACKEND_BEGIN, CLIENT, OFFERED, 3, 3, 7, 8, 255, 3, 3, 7));
                    asks(stage, client(ACK, CLIENT, SERVER), TCP_ESTABLISHED, 0);
                    stage.receive(SERVERS, backend(ACK, SERVER + 503, CLIENT)).ends(DROP_TCP_WINDOW);
                }));
    }

    private static void open(final PacketStage stage) {
        stage.receive(CLIENTS, syn(CLIENT_BEGIN, SCALE)).state(TCP_SYN_SENT);
        stage.receive(SERVERS, synAck(BACKEND_BEGIN, CLIENT, OFFERED, SCALE)).state(TCP_SYN_RECV);
        asks(stage, client(ACK, CLIENT, SERVER), TCP_ESTABLISHED, 0);
    }

    private static void close(final PacketStage stage) {
        open(stage);
        asks(stage, client(FIN | ACK, CLIENT, SERVER), TCP_FIN_WAIT, 0);
        answers(stage, backend(FIN | ACK, SERVER, CLIENT + 1), TCP_LAST_ACK, 0);
        asks(stage, client(ACK, CLIENT + 1, SERVER + 1), TCP_TIME_WAIT, 0);
    }

    private static void asks(
            final PacketStage stage, final PacketBuilder segment, final int state, final int disbelieved) {
        stage.receive(CLIENTS, segment)
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_DISBELIEVED, disbelieved)
                .state(state);
    }

    private static void answers(
            final PacketStage stage, final PacketBuilder segment, final int state, final int disbelieved) {
        stage.receive(SERVERS, segment)
                .passes(FORWARDED_REPLY)
                .counts(FLOW_DISBELIEVED, disbelieved)
                .state(state);
    }

    private static PacketCase loose(final String sentence, final Consumer<PacketStage> script) {
        return at(TcpCheckLevel.LOOSE, sentence, script);
    }

    private static PacketCase strict(final String sentence, final Consumer<PacketStage> script) {
        return at(TcpCheckLevel.STRICT, sentence, script);
    }

    private static PacketCase at(final TcpCheckLevel level, final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(
                "tcpCheck " + level.label() + ": " + sentence,
                () -> balancer(new TrackingSpec(false, level), Forwarding.FULL_NAT),
                script);
    }

    private static TestBalancer balancer(final TrackingSpec tracking, final Forwarding forwarding) {
        return new TestBalancer()
                .tracking(tracking)
                .service(Protocol.TCP, VIP, 80, forwarding, BACKEND, forwarding.isDirect() ? 80 : 8080);
    }
}
