package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_SYN;
import static io.fastpath.kernelbpf.layout.Counter.COOKIE_ACCEPTED;
import static io.fastpath.kernelbpf.layout.Counter.DROP_COOKIE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FRAGMENT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_LINK_GROUP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_RATE_CLIENT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_STATE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_REOPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_ERROR;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.TcpCheckLevel;
import io.fastpath.lb.service.TrackingSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** SYN cookies: what is answered, what an ACK must bring back, and the sequence numbers of a connection's whole life. */
final class CookieCases {
    private static final int CLIENT_ISN = 0x7fff_fff0;
    private static final int BACKEND_ISN = 0xffff_ffff; // whatever is added comes round
    private static final String ROUTER = "203.0.113.9";
    private static final int IPV4_TCP = 14 + 20;
    private static final int IPV6_TCP = 14 + 40;

    private CookieCases() {}

    static List<PacketCase> all() {
        return Stream.of(answers(), acknowledgments(), handshakes(), retries(), ends(), modes())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> answers() {
        return List.of(
                always("syn cookies: a SYN is answered and nothing of it is kept (RFC 4987, 3.6)", stage -> {
                    final PacketStage.Received answer = stage.receive(CLIENTS, syn());
                    answer.leaves(ANSWERED_SYN, CLIENTS, synAck(cookie(answer), 1460))
                            .flows(0);
                }),
                always("syn cookies: the same over IPv6, with its own MSS", stage -> {
                    final PacketStage.Received answer =
                            stage.receive(CLIENTS, numbers(tcp(CLIENT6, 1234, VIP6, 80), CLIENT_ISN, 0));
                    final int cookie = number(answer, IPV6_TCP + 4);
                    answer.leaves(
                                    ANSWERED_SYN,
                                    CLIENTS,
                                    answer(tcp(VIP6, 80, CLIENT6, 1234), cookie, 1440)
                                            .ttl(64))
                            .flows(0);
                }),
                always("syn cookies: a SYN with options, data and a tag is answered by what fits", stage -> {
                    final PacketStage.Received answer = stage.receive(
                            CLIENTS, syn().vlan(7).options(2).payload(100).trailer(5));
                    final int cookie = number(answer, IPV4_TCP + 4 + 4);
                    answer.leaves(ANSWERED_SYN, CLIENTS, synAck(cookie, 1460).vlan(7));
                }),
                always("syn cookies: each SYN gets another, and the same the same", stage -> {
                    final int first = cookie(stage.receive(CLIENTS, syn()));
                    check(first == cookie(stage.receive(CLIENTS, syn())), "the same");
                    check(first != cookie(stage.receive(CLIENTS, numbers(request(), 1, 0))), "number");
                    check(
                            first != cookie(stage.receive(CLIENTS, numbers(tcp(CLIENT, 1235, VIP, 80), CLIENT_ISN, 0))),
                            "port");
                }),
                always(
                        "syn cookies: nobody is answered at a group's MAC address (RFC 1122, 3.2.1.3)",
                        stage -> stage.receive(CLIENTS, syn().from("03:aa:00:00:00:10"))
                                .ends(DROP_LINK_GROUP)),
                always(
                        "syn cookies: a fragmented SYN is not answered (RFC 1858, 3)",
                        stage -> stage.receive(CLIENTS, syn().payload(12).patchNetwork(6, 0x20, 0x00))
                                .ends(DROP_FRAGMENT)
                                .flows(0)),
                always(
                        "syn cookies: datagrams are none of their business",
                        stage -> stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 80))
                                .passes(FORWARDED_REQUEST)
                                .counts(FLOW_OPENED, 1)),
                new PacketCase(
                        "syn cookies: in auto mode SYNs up to the rate are let in, and those beyond are not",
                        () -> balancer(2).snatPorts(40000, 40010),
                        stage -> {
                            stage.receive(CLIENTS, tcp(CLIENT, 1, VIP, 80)).passes(FORWARDED_REQUEST);
                            stage.receive(CLIENTS, tcp(CLIENT, 2, VIP, 80)).passes(FORWARDED_REQUEST);
                            stage.receive(CLIENTS, tcp(CLIENT, 3, VIP, 80)).passes(ANSWERED_SYN);
                            stage.receive(CLIENTS, tcp(CLIENT, 4, VIP, 90)).passes(FORWARDED_REQUEST);
                        }));
    }

    private static List<PacketCase> acknowledgments() {
        return List.of(
                always("syn cookies: an ACK without one opens nothing, whatever it says", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    stage.receive(CLIENTS, ack(request(), CLIENT_ISN + 1, cookie))
                            .ends(DROP_COOKIE);
                    stage.receive(CLIENTS, ack(request(), CLIENT_ISN + 2, cookie + 1))
                            .ends(DROP_COOKIE);
                    stage.receive(CLIENTS, ack(tcp(CLIENT, 1235, VIP, 80), CLIENT_ISN + 1, cookie + 1))
                            .ends(DROP_COOKIE);
                    stage.receive(CLIENTS, ack(tcp("192.0.2.11", 1234, VIP, 80), CLIENT_ISN + 1, cookie + 1))
                            .ends(DROP_COOKIE);
                    stage.receive(CLIENTS, ack(tcp(CLIENT, 1234, VIP, 90), CLIENT_ISN + 1, cookie + 1))
                            .ends(DROP_COOKIE)
                            .flows(0);
                }),
                always("syn cookies: other segments without a connection are what they are elsewhere", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    for (final int flags : new int[] {SYN | ACK, FIN | ACK, RST, RST | ACK}) {
                        stage.receive(
                                        CLIENTS,
                                        ack(request(), CLIENT_ISN + 1, cookie + 1)
                                                .flags(flags))
                                .ends(DROP_NO_FLOW);
                    }
                }),
                always(
                        "syn cookies: a cookie whose packet can go no further opens nothing (RFC 1812, 5.3.1)",
                        stage -> {
                            final int cookie = cookie(stage.receive(CLIENTS, syn()));
                            stage.receive(
                                            CLIENTS,
                                            ack(request(), CLIENT_ISN + 1, cookie + 1)
                                                    .ttl(1))
                                    .ends(DROP_TTL_EXPIRED)
                                    .flows(0);
                        }),
                always("syn cookies: the backend gets a SYN with the client's number, window and MSS", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, mss(syn(), 1412)));
                    opens(stage, cookie, CLIENT_ISN + 1, 0, 1400);
                }),
                always("syn cookies: data that comes with the ACK is left to be sent again", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    opens(stage, cookie, CLIENT_ISN + 1, 700, 536);
                }),
                always("syn cookies: a probe of the window does if the ACK was lost (RFC 9293, 3.8.6.1)", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    opens(stage, cookie, CLIENT_ISN, 0, 536);
                }));
    }

    private static List<PacketCase> handshakes() {
        return List.of(
                always("syn cookies: the backend's numbers are translated for life (full NAT, IPv4)", stage -> {
                    final int cookie = establish(stage);
                    stage.receive(
                                    SERVERS,
                                    numbers(reply().flags(ACK), BACKEND_ISN + 1, CLIENT_ISN + 6)
                                            .payload(9))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    numbers(replyOut().flags(ACK), cookie + 1, CLIENT_ISN + 6)
                                            .payload(9));
                    stage.receive(
                                    CLIENTS,
                                    ack(request(), CLIENT_ISN + 6, cookie + 10).flags(FIN | ACK))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    ack(requestOut(), CLIENT_ISN + 6, BACKEND_ISN + 10)
                                            .flags(FIN | ACK));
                    stage.receive(SERVERS, numbers(reply().flags(FIN | ACK), BACKEND_ISN + 10, CLIENT_ISN + 7))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    numbers(replyOut().flags(FIN | ACK), cookie + 10, CLIENT_ISN + 7));
                    stage.receive(CLIENTS, ack(request(), CLIENT_ISN + 7, cookie + 11))
                            .leaves(FORWARDED_REQUEST, SERVERS, ack(requestOut(), CLIENT_ISN + 7, BACKEND_ISN + 11))
                            .state(FlowState.TCP_TIME_WAIT);
                }),
                always(
                        "syn cookies: the backend's numbers are translated for life (NAT, IPv6)",
                        CookieCases::translateIpv6));
    }

    private static List<PacketCase> retries() {
        return List.of(
                always("syn cookies: before the backend answers, the client's ACK is its SYN sent again", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    opens(stage, cookie, CLIENT_ISN + 1, 0, 536);
                    stage.receive(CLIENTS, ack(request(), CLIENT_ISN, cookie + 1))
                            .leaves(FORWARDED_REQUEST, SERVERS, mss(numbers(requestOut(), CLIENT_ISN, 0), 536))
                            .counts(FLOW_OPENED, 0)
                            .state(FlowState.TCP_SYN_SENT);
                    stage.receive(CLIENTS, ack(request(), CLIENT_ISN + 1, cookie + 7))
                            .ends(DROP_TCP_STATE);
                }),
                always("syn cookies: the client's SYN does not reach a backend that was asked already", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    opens(stage, cookie, CLIENT_ISN + 1, 0, 536);
                    stage.receive(CLIENTS, syn()).ends(DROP_TCP_STATE);
                    answers(stage, cookie);
                    stage.receive(CLIENTS, syn()).ends(DROP_TCP_STATE);
                }),
                always("syn cookies: a backend that answers again, or anew, is told of again", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    opens(stage, cookie, CLIENT_ISN + 1, 0, 536);
                    stage.receive(SERVERS, numbers(reply(), 77, CLIENT_ISN + 1))
                            .leaves(FORWARDED_REPLY, CLIENTS, probe(cookie));
                    answers(stage, cookie);
                    stage.receive(CLIENTS, ack(request(), CLIENT_ISN + 1, cookie + 1))
                            .leaves(FORWARDED_REQUEST, SERVERS, ack(requestOut(), CLIENT_ISN + 1, BACKEND_ISN + 1));
                    answers(stage, cookie);
                    stage.receive(SERVERS, numbers(reply(), 77, CLIENT_ISN + 1)).ends(DROP_TCP_STATE);
                }),
                always("syn cookies: a backend that is not ready says nothing else first", stage -> {
                    final int cookie = cookie(stage.receive(CLIENTS, syn()));
                    opens(stage, cookie, CLIENT_ISN + 1, 0, 536);
                    stage.receive(SERVERS, numbers(reply().flags(ACK), 1, 2)).ends(DROP_TCP_STATE);
                }));
    }

    private static void translateIpv6(final PacketStage stage) {
        final PacketStage.Received answer =
                stage.receive(CLIENTS, numbers(tcp(CLIENT6, 1234, VIP6, 90), CLIENT_ISN, 0));
        final int cookie = number(answer, IPV6_TCP + 4);
        stage.receive(CLIENTS, ack(tcp(CLIENT6, 1234, VIP6, 90), CLIENT_ISN + 1, cookie + 1))
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        mss(numbers(Frames.toBackend(tcp(CLIENT6, 1234, BACKEND6, 9090)), CLIENT_ISN, 0), 1220));
        stage.receive(
                        SERVERS,
                        numbers(
                                Frames.fromBackend(
                                        tcp(BACKEND6, 9090, CLIENT6, 1234).flags(SYN | ACK)),
                                BACKEND_ISN,
                                CLIENT_ISN + 1))
                .leaves(
                        FORWARDED_REPLY,
                        CLIENTS,
                        numbers(Frames.toClient(tcp(VIP6, 90, CLIENT6, 1234).flags(ACK)), cookie, CLIENT_ISN + 1)
                                .payload(new byte[1]));
        stage.receive(
                        CLIENTS,
                        ack(tcp(CLIENT6, 1234, VIP6, 90), CLIENT_ISN + 1, cookie + 1)
                                .payload(5))
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        ack(Frames.toBackend(tcp(CLIENT6, 1234, BACKEND6, 9090)), CLIENT_ISN + 1, BACKEND_ISN + 1)
                                .payload(5));
    }

    private static List<PacketCase> ends() {
        return List.of(
                always(
                        "syn cookies: a backend's refusal has the number that the client expects (RFC 5961, 3)",
                        stage -> {
                            final int cookie = cookie(stage.receive(CLIENTS, syn()));
                            opens(stage, cookie, CLIENT_ISN + 1, 0, 536);
                            stage.receive(SERVERS, numbers(reply().flags(RST | ACK), 0, CLIENT_ISN + 1))
                                    .leaves(
                                            FORWARDED_REPLY,
                                            CLIENTS,
                                            numbers(replyOut().flags(RST | ACK), cookie + 1, CLIENT_ISN + 1))
                                    .state(FlowState.TCP_CLOSE);
                        }),
                always("syn cookies: an error quotes the backend's own number (RFC 5508, 4.2)", stage -> {
                    final int cookie = establish(stage);
                    for (final int length : new int[] {8, 2000}) {
                        final byte[] quote = numbers(tcp(VIP, 80, CLIENT, 1234).flags(ACK), cookie + 1, CLIENT_ISN + 6)
                                .payload(100)
                                .quote(length);
                        final byte[] own = numbers(
                                        tcp(BACKEND, 8080, SNAT, 40000).flags(ACK), BACKEND_ISN + 1, CLIENT_ISN + 6)
                                .payload(100)
                                .quote(length);
                        stage.receive(CLIENTS, PacketBuilder.error(ROUTER, VIP, 3, 4, 1280, quote))
                                .leaves(
                                        FORWARDED_ERROR,
                                        SERVERS,
                                        Frames.toBackend(PacketBuilder.error(SNAT, BACKEND, 3, 4, 1280, own)));
                    }
                }),
                always("syn cookies: resets carry translated numbers both ways", stage -> {
                    final int cookie = establish(stage);
                    stage.receive(CLIENTS, numbers(request().flags(RST | ACK), CLIENT_ISN + 6, cookie + 1))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    numbers(requestOut().flags(RST | ACK), CLIENT_ISN + 6, BACKEND_ISN + 1));
                    stage.receive(SERVERS, numbers(reply().flags(RST), BACKEND_ISN + 1, 0))
                            .leaves(FORWARDED_REPLY, CLIENTS, numbers(replyOut().flags(RST), cookie + 1, 0));
                }),
                always("syn cookies: a SYN on an ended connection's tuples reaches no backend either", stage -> {
                    final int before = establish(stage);
                    stage.receive(CLIENTS, numbers(request().flags(RST), CLIENT_ISN + 6, 0))
                            .passes(FORWARDED_REQUEST);
                    final int isn = 0x1000;
                    final int cookie = cookie(stage.receive(CLIENTS, numbers(request(), isn, 0)));
                    check(cookie != before, "another cookie");
                    stage.receive(CLIENTS, ack(request(), isn + 1, cookie + 1))
                            .leaves(FORWARDED_REQUEST, SERVERS, mss(numbers(requestOut(), isn, 0), 536))
                            .counts(COOKIE_ACCEPTED, 1)
                            .flows(1)
                            .state(FlowState.TCP_SYN_SENT);
                }));
    }

    private static List<PacketCase> modes() {
        return List.of(
                new PacketCase(
                        "syn cookies: where connections are picked up, an ACK without a cookie is, and is no SYN",
                        () -> new TestBalancer()
                                .tracking(new TrackingSpec(true, TcpCheckLevel.OFF))
                                .service(Protocol.TCP, VIP, 90, Forwarding.NAT, BACKEND, 9090)
                                .cookies(0),
                        stage -> stage.receive(CLIENTS, ack(tcp(CLIENT, 1234, VIP, 90), 1, 2))
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        ack(Frames.toBackend(tcp(CLIENT, 1234, BACKEND, 9090)), 1, 2))
                                .counts(FLOW_OPENED, 1)
                                .counts(COOKIE_ACCEPTED, 0)),
                new PacketCase(
                        "syn cookies: limits count what cookies open, and not SYNs",
                        () -> balancer(0).limits(0, 1),
                        stage -> {
                            final int first = cookie(stage.receive(CLIENTS, syn()));
                            opens(stage, first, CLIENT_ISN + 1, 0, 536);
                            final PacketBuilder other = tcp(CLIENT, 1235, VIP, 80);
                            final int second = cookie(stage.receive(CLIENTS, numbers(other, CLIENT_ISN, 0)));
                            stage.receive(CLIENTS, ack(tcp(CLIENT, 1235, VIP, 80), CLIENT_ISN + 1, second + 1))
                                    .ends(DROP_RATE_CLIENT);
                        }),
                new PacketCase(
                        "syn cookies: in auto mode an ended connection's tuples are taken over without a cookie",
                        () -> balancer(1),
                        stage -> {
                            stage.receive(CLIENTS, numbers(request(), 5, 0)).passes(FORWARDED_REQUEST);
                            stage.receive(CLIENTS, numbers(request().flags(RST), 6, 0))
                                    .passes(FORWARDED_REQUEST);
                            final int cookie = cookie(stage.receive(CLIENTS, syn()));
                            opens(stage, cookie, CLIENT_ISN + 1, 0, 536);
                            answers(stage, cookie);
                            stage.receive(CLIENTS, numbers(request().flags(RST), CLIENT_ISN + 1, 0))
                                    .passes(FORWARDED_REQUEST);
                            stage.elapse(Duration.ofMillis(1500));
                            stage.receive(CLIENTS, numbers(request(), 5, 0))
                                    .leaves(FORWARDED_REQUEST, SERVERS, numbers(requestOut(), 5, 0))
                                    .counts(FLOW_REOPENED, 1);
                            stage.receive(SERVERS, numbers(reply(), 6, 6))
                                    .leaves(FORWARDED_REPLY, CLIENTS, numbers(replyOut(), 6, 6));
                            stage.receive(CLIENTS, ack(request(), 6, 7))
                                    .leaves(FORWARDED_REQUEST, SERVERS, ack(requestOut(), 6, 7));
                        }));
    }

    /** The usual connection with five bytes of data; answers its cookie. */
    private static int establish(final PacketStage stage) {
        final int cookie = cookie(stage.receive(CLIENTS, syn()));
        opens(stage, cookie, CLIENT_ISN + 1, 0, 536);
        answers(stage, cookie);
        stage.receive(CLIENTS, ack(request(), CLIENT_ISN + 1, cookie + 1).payload(5))
                .leaves(
                        FORWARDED_REQUEST,
                        SERVERS,
                        ack(requestOut(), CLIENT_ISN + 1, BACKEND_ISN + 1).payload(5))
                .state(FlowState.TCP_ESTABLISHED);
        return cookie;
    }

    /** The client's ACK becomes a SYN. */
    private static void opens(
            final PacketStage stage, final int cookie, final int sequence, final int dataLength, final int mss) {
        stage.receive(CLIENTS, ack(request(), sequence, cookie + 1).payload(dataLength))
                .leaves(FORWARDED_REQUEST, SERVERS, mss(numbers(requestOut(), CLIENT_ISN, 0), mss))
                .counts(COOKIE_ACCEPTED, 1)
                .counts(FLOW_OPENED, 1)
                .state(FlowState.TCP_SYN_SENT);
    }

    /** The backend's SYN+ACK becomes a byte that the client has had. */
    private static void answers(final PacketStage stage, final int cookie) {
        stage.receive(SERVERS, mss(numbers(reply(), BACKEND_ISN, CLIENT_ISN + 1), 1460))
                .leaves(FORWARDED_REPLY, CLIENTS, probe(cookie));
    }

    private static void check(final boolean isSo, final String what) {
        assertThat(isSo).as("the cookies' %s", what).isTrue();
    }

    private static PacketBuilder probe(final int cookie) {
        return numbers(replyOut().flags(ACK), cookie, CLIENT_ISN + 1).payload(new byte[1]);
    }

    private static PacketCase always(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, () -> balancer(0), script);
    }

    private static TestBalancer balancer(final int above) {
        return new TestBalancer().usualServices().cookies(above);
    }

    private static PacketBuilder syn() {
        return numbers(request(), CLIENT_ISN, 0);
    }

    private static PacketBuilder request() {
        return Frames.request();
    }

    private static PacketBuilder requestOut() {
        return Frames.requestOut();
    }

    private static PacketBuilder reply() {
        return Frames.reply();
    }

    private static PacketBuilder replyOut() {
        return Frames.replyOut();
    }

    private static PacketBuilder ack(final PacketBuilder packet, final int sequence, final int acknowledgment) {
        return numbers(packet.flags(ACK), sequence, acknowledgment);
    }

    private static PacketBuilder synAck(final int cookie, final int mss) {
        return answer(tcp(VIP, 80, CLIENT, 1234), cookie, mss).ttl(64).patchNetwork(4, 0, 0);
    }

    private static PacketBuilder answer(final PacketBuilder packet, final int cookie, final int mss) {
        return mss(numbers(packet.flags(SYN | ACK), cookie, CLIENT_ISN + 1), mss)
                .patchTransport(14, 0, 0)
                .from(TestBalancer.CLIENTS_MAC)
                .to(TestBalancer.CLIENT_MAC);
    }

    /** With the option as the only one. */
    private static PacketBuilder mss(final PacketBuilder packet, final int mss) {
        return packet.patchTransport(12, 0x60).payload(new byte[] {2, 4, (byte) (mss >> 8), (byte) mss});
    }

    private static PacketBuilder numbers(final PacketBuilder packet, final int sequence, final int acknowledgment) {
        return packet.patchTransport(4, bytes(sequence)).patchTransport(8, bytes(acknowledgment));
    }

    private static int[] bytes(final int number) {
        return new int[] {number >>> 24, number >>> 16, number >>> 8, number};
    }

    private static int cookie(final PacketStage.Received answer) {
        return number(answer.passes(ANSWERED_SYN), IPV4_TCP + 4);
    }

    private static int number(final PacketStage.Received answer, final int offset) {
        return ByteBuffer.wrap(answer.outcome().frame()).getInt(offset);
    }
}
