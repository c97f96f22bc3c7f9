package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_CLOSED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_SYN_MOVED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_RECV;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_SENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.ServiceSpec;
import java.util.List;

/** A SYN that comes again because its backend does not answer. */
final class SynRetryCases {
    private static final String OTHER = "10.8.0.12";
    private static final String[] BACKENDS = {BACKEND, OTHER};

    private SynRetryCases() {}

    static List<PacketCase> all() {
        return List.of(
                new PacketCase(
                        "SYN_SENT: with its third retransmission a SYN goes to another backend",
                        () -> two(Forwarding.FULL_NAT),
                        SynRetryCases::third),
                new PacketCase("SYN_SENT: under NAT as well", () -> two(Forwarding.NAT), stage -> movesAt(stage, 3)),
                new PacketCase(
                        "SYN_SENT: under direct server return as well, as long as the client sends no ACK",
                        () -> two(Forwarding.DSR_L2),
                        stage -> movesAtByMac(stage, 3)),
                new PacketCase(
                        "SYN_SENT: with its sixth it goes to another one again",
                        () -> two(Forwarding.FULL_NAT),
                        stage -> {
                            movesAt(stage, 3);
                            movesAt(stage, 2);
                        }),
                new PacketCase(
                        "SYN_SENT: as many retransmissions as are configured",
                        () -> two(Forwarding.FULL_NAT).synTries(1),
                        stage -> movesAt(stage, 1)),
                new PacketCase(
                        "SYN_SENT: never, where none are",
                        () -> two(Forwarding.FULL_NAT).synTries(0),
                        SynRetryCases::stays),
                packetCase("SYN_SENT: the only backend keeps the connection", stage -> {
                    for (int i = 0; i < 10; i++) {
                        stage.receive(CLIENTS, request())
                                .passes(FORWARDED_REQUEST)
                                .counts(FLOW_SYN_MOVED, 0);
                    }
                    stage.receive(CLIENTS, request()).state(TCP_SYN_SENT).flows(1);
                }),
                new PacketCase(
                        "SYN_RECV: an answered SYN leaves its backend no more",
                        () -> two(Forwarding.NAT),
                        SynRetryCases::answered),
                new PacketCase(
                        "the source port towards a backend that was left is free, the one towards the new is taken",
                        () -> two(Forwarding.FULL_NAT).snatPorts(40000, 40000),
                        SynRetryCases::ports),
                new PacketCase(
                        "SYN_SENT: a backend that has no weight any more is left at once",
                        () -> two(Forwarding.FULL_NAT),
                        stage -> leavesAtOnce(stage, false)),
                new PacketCase(
                        "SYN_SENT: a backend that is gone is left at once, without a count too",
                        () -> two(Forwarding.FULL_NAT).synTries(0),
                        stage -> leavesAtOnce(stage, true)),
                new PacketCase(
                        "ESTABLISHED: a backend that has no weight any more keeps its connections",
                        () -> two(Forwarding.NAT),
                        SynRetryCases::established));
    }

    private static TestBalancer two(final Forwarding forwarding) {
        final int port = forwarding.isDirect() ? 80 : 8080;
        return new TestBalancer()
                .neighbour(OTHER, "02:bb:00:00:00:12")
                .snatPorts(40000, 40999)
                .service(Protocol.TCP, VIP, 80, forwarding, BACKEND, port, OTHER, port);
    }

    private static void third(final PacketStage stage) {
        final byte[] first = sent(stage);
        sent(stage);
        sent(stage);
        final byte[] fourth = stage.receive(CLIENTS, request())
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_SYN_MOVED, 1)
                .counts(FLOW_CLOSED, 1)
                .counts(FLOW_OPENED, 1)
                .state(TCP_SYN_SENT)
                .flows(1)
                .outcome()
                .frame();
        assertThat(backend(fourth)).isNotEqualTo(backend(first));
        stage.receive(SERVERS, answer(first)).ends(DROP_NO_SERVICE).state(TCP_SYN_SENT);
        stage.receive(SERVERS, answer(fourth)).passes(FORWARDED_REPLY).state(TCP_SYN_RECV);
        final byte[] ack = stage.receive(CLIENTS, request().flags(ACK))
                .passes(FORWARDED_REQUEST)
                .state(TCP_ESTABLISHED)
                .outcome()
                .frame();
        assertThat(backend(ack)).isEqualTo(backend(fourth));
        assertThat(port(ack)).isEqualTo(port(fourth));
    }

    private static void movesAt(final PacketStage stage, final int retransmission) {
        final byte[] first = sent(stage);
        for (int i = 1; i < retransmission; i++) {
            assertThat(backend(sent(stage))).isEqualTo(backend(first));
        }
        final byte[] moved = stage.receive(CLIENTS, request())
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_SYN_MOVED, 1)
                .flows(1)
                .outcome()
                .frame();
        assertThat(backend(moved)).isNotEqualTo(backend(first));
    }

    private static void movesAtByMac(final PacketStage stage, final int retransmission) {
        final byte[] first = sent(stage);
        for (int i = 1; i < retransmission; i++) {
            assertThat(sent(stage)).isEqualTo(first);
        }
        stage.receive(CLIENTS, request())
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_SYN_MOVED, 1)
                .differsAt(first, 4)
                .flows(1);
    }

    private static void stays(final PacketStage stage) {
        final byte[] first = sent(stage);
        for (int i = 0; i < 20; i++) {
            assertThat(sent(stage)).isEqualTo(first);
        }
    }

    private static void answered(final PacketStage stage) {
        final byte[] first = sent(stage);
        sent(stage);
        sent(stage);
        stage.receive(SERVERS, answer(first)).state(TCP_SYN_RECV);
        for (int i = 0; i < 10; i++) {
            assertThat(sent(stage)).isEqualTo(first);
        }
    }

    private static void ports(final PacketStage stage) {
        final byte[] first = sent(stage);
        sent(stage);
        sent(stage);
        final byte[] moved = stage.receive(CLIENTS, request())
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_SYN_MOVED, 1)
                .outcome()
                .frame();
        boolean isReused = false;
        for (int clientPort = 2000; clientPort < 2020; clientPort++) {
            final TestWorker.Outcome outcome =
                    stage.receive(CLIENTS, tcp(CLIENT, clientPort, VIP, 80)).outcome();
            isReused |= outcome.frame() != null && backend(outcome.frame()) == backend(first);
            assertThat(outcome.frame() != null && backend(outcome.frame()) == backend(moved))
                    .isFalse();
        }
        assertThat(isReused).isTrue();
    }

    private static void leavesAtOnce(final PacketStage stage, final boolean isGone) {
        final byte[] first = sent(stage);
        withdraw(stage.balancer(), backend(first), isGone);
        final byte[] moved = stage.receive(CLIENTS, request())
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_SYN_MOVED, 1)
                .outcome()
                .frame();
        assertThat(backend(moved)).isNotEqualTo(backend(first));
    }

    private static void established(final PacketStage stage) {
        final byte[] first = sent(stage);
        stage.receive(SERVERS, answer(first)).passes(FORWARDED_REPLY);
        stage.receive(CLIENTS, request().flags(ACK)).state(TCP_ESTABLISHED);
        withdraw(stage.balancer(), backend(first), false);
        assertThat(sent(stage)).isEqualTo(first);
        stage.receive(CLIENTS, request().flags(ACK)).counts(FLOW_SYN_MOVED, 0).state(TCP_ESTABLISHED);
    }

    /** Takes a backend out of the service, or its weight away. */
    private static void withdraw(final TestBalancer balancer, final int backend, final boolean isGone) {
        final ServiceSpec before = balancer.services().get(0);
        final List<BackendSpec> backends = before.backends().stream()
                .filter(spec -> !isGone || !isAt(spec, backend))
                .map(spec -> isAt(spec, backend) ? new BackendSpec(spec.endpoint(), 0) : spec)
                .toList();
        balancer.serviceTable().apply(List.of(before.with(backends)));
    }

    private static boolean isAt(final BackendSpec spec, final int backend) {
        return spec.address().toString().endsWith("." + backend);
    }

    private static byte[] sent(final PacketStage stage) {
        return stage.receive(CLIENTS, request())
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_SYN_MOVED, 0)
                .flows(1)
                .outcome()
                .frame();
    }

    /** The SYN+ACK to a SYN as the backend saw it. */
    private static PacketBuilder answer(final byte[] sent) {
        final String source = (sent[26] & 0xff) == 10 ? SNAT : CLIENT;
        return fromBackend(
                tcp(BACKENDS[backend(sent) - 11], 8080, source, port(sent)).flags(SYN | ACK));
    }

    /** Last byte of the destination address. */
    private static int backend(final byte[] sent) {
        return sent[33];
    }

    private static int port(final byte[] sent) {
        return (sent[34] & 0xff) << 8 | sent[35] & 0xff;
    }
}
