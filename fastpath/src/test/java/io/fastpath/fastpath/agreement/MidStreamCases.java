package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_FLAGS;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_PICKED_UP;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_SYN_RECV;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.TcpCheckLevel;
import io.fastpath.lb.service.TrackingSpec;
import java.time.Duration;
import java.util.List;

/** Segments from the middle of connections that the flow table does not know. */
final class MidStreamCases {
    private static final String OTHER = "10.8.0.12";

    private MidStreamCases() {}

    static List<PacketCase> all() {
        return List.of(
                new PacketCase(
                        "midStream pickup: an ACK enters a connection, half open until the client's next segment",
                        () -> balancer(Forwarding.NAT, true),
                        MidStreamCases::pickUp),
                new PacketCase(
                        "midStream pickup: as with direct server return",
                        () -> balancer(Forwarding.DSR_L2, true),
                        stage -> {
                            stage.receive(CLIENTS, request().flags(ACK).payload(9))
                                    .passes(FORWARDED_REQUEST)
                                    .counts(FLOW_PICKED_UP, 1)
                                    .state(TCP_SYN_RECV);
                            stage.receive(CLIENTS, request().flags(ACK)).state(TCP_ESTABLISHED);
                        }),
                new PacketCase(
                        "midStream pickup: FIN, RST and SYN+ACK enter nothing (nf_conntrack_tcp_loose)",
                        () -> balancer(Forwarding.NAT, true),
                        stage -> {
                            stage.receive(CLIENTS, request().flags(FIN | ACK)).ends(DROP_NO_FLOW);
                            stage.receive(CLIENTS, request().flags(RST)).ends(DROP_NO_FLOW);
                            stage.receive(CLIENTS, request().flags(RST | ACK)).ends(DROP_NO_FLOW);
                            stage.receive(CLIENTS, request().flags(SYN | ACK)).ends(DROP_NO_FLOW);
                            stage.receive(CLIENTS, request().flags(0))
                                    .ends(DROP_TCP_FLAGS)
                                    .flows(0);
                        }),
                new PacketCase(
                        "midStream drop: nothing does but a SYN",
                        () -> balancer(Forwarding.NAT, false),
                        stage -> stage.receive(CLIENTS, request().flags(ACK))
                                .ends(DROP_NO_FLOW)
                                .flows(0)),
                new PacketCase(
                        "midStream pickup: the backend is that which the connection's SYN went to",
                        () -> balancer(Forwarding.NAT, true),
                        MidStreamCases::sameBackend));
    }

    private static TestBalancer balancer(final Forwarding forwarding, final boolean picksUp) {
        final int port = forwarding.isDirect() ? 80 : 8080;
        return new TestBalancer()
                .neighbour(OTHER, "02:bb:00:00:00:12")
                .tracking(new TrackingSpec(picksUp, TcpCheckLevel.OFF))
                .service(Protocol.TCP, VIP, 80, forwarding, BACKEND, port, OTHER, port);
    }

    private static void pickUp(final PacketStage stage) {
        final byte[] first = stage.receive(CLIENTS, request().flags(ACK).payload(100))
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_PICKED_UP, 1)
                .counts(FLOW_OPENED, 1)
                .state(TCP_SYN_RECV)
                .outcome()
                .frame();
        final String backend = "10.8.0." + first[33];
        stage.receive(SERVERS, fromBackend(tcp(backend, 8080, CLIENT, 1234).flags(ACK)))
                .leaves(
                        FORWARDED_REPLY,
                        CLIENTS,
                        toClient(tcp(VIP, 80, CLIENT, 1234).flags(ACK)))
                .state(TCP_SYN_RECV);
        stage.receive(CLIENTS, request().flags(ACK))
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_PICKED_UP, 0)
                .state(TCP_ESTABLISHED)
                .flows(1);
    }

    private static void sameBackend(final PacketStage stage) {
        for (int port = 1000; port < 1010; port++) {
            final int backend = backend(stage, port, SYN);
            stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80).flags(RST)).passes(FORWARDED_REQUEST);
            stage.elapse(Duration.ofSeconds(17));
            IdleCases.sweep(stage);
            assertThat(backend(stage, port, ACK)).isEqualTo(backend);
        }
    }

    private static int backend(final PacketStage stage, final int port, final int flags) {
        return stage.receive(CLIENTS, tcp(CLIENT, port, VIP, 80).flags(flags))
                .passes(FORWARDED_REQUEST)
                .counts(FLOW_OPENED, 1)
                .outcome()
                .frame()[33];
    }
}
