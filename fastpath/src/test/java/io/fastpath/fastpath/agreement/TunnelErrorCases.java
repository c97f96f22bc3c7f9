package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.error;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP_UNKNOWN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MTU;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.kernelbpf.layout.FlowState;
import java.util.Arrays;
import java.util.List;

/** ICMP errors of the clients' network about packets that backends behind tunnels sent. */
final class TunnelErrorCases {
    private static final String ROUTER = "203.0.113.9";
    private static final String ROUTER6 = "2001:db8:9::9";
    private static final int OUTER_SOURCE = 14 + 12;

    private TunnelErrorCases() {}

    static List<PacketCase> all() {
        return List.of(
                TunnelCases.tunnel(
                        "fragmentation needed reaches the backend that sent the packet, in its tunnel", stage -> {
                            for (final int port : new int[] {71, 72, 75}) {
                                reaches(stage, port, BACKEND);
                            }
                            for (final int port : new int[] {73, 74, 76}) {
                                reaches(stage, port, BACKEND6);
                            }
                        }),
                TunnelCases.tunnel("packet too big reaches the backend that sent the packet, in its tunnel", stage -> {
                    for (final int port : new int[] {71, 72, 75}) {
                        reaches6(stage, port, BACKEND6);
                    }
                    for (final int port : new int[] {73, 74, 76}) {
                        reaches6(stage, port, BACKEND);
                    }
                }),
                TunnelCases.tunnel("the error takes the outer addresses of its connection's packets", stage -> {
                    final byte[] request = stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 72))
                            .outcome()
                            .frame();
                    final byte[] error = stage.receive(
                                    CLIENTS,
                                    error(
                                            ROUTER,
                                            VIP,
                                            11,
                                            0,
                                            0,
                                            udp(VIP, 72, CLIENT, 1234).quote(8)))
                            .passes(FORWARDED_ERROR)
                            .outcome()
                            .frame();
                    assertThat(Arrays.copyOfRange(error, OUTER_SOURCE, OUTER_SOURCE + 12))
                            .isEqualTo(Arrays.copyOfRange(request, OUTER_SOURCE, OUTER_SOURCE + 12));
                }),
                TunnelCases.tunnel(
                        "the error has one hop less to live, must fit, and be about a connection",
                        TunnelErrorCases::refused));
    }

    private static void refused(final PacketStage stage) {
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 71));
        final byte[] quote = tcp(VIP, 71, CLIENT, 1234).payload(1600).quote(1480);
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, quote).ttl(1))
                .ends(DROP_TTL_EXPIRED)
                .state(FlowState.TCP_SYN_SENT);
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, Arrays.copyOf(quote, 1453)))
                .ends(DROP_MTU);
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, Arrays.copyOf(quote, 1452)))
                .passes(FORWARDED_ERROR);
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER,
                                VIP,
                                3,
                                4,
                                1280,
                                tcp(VIP, 71, CLIENT, 1235).quote(8)))
                .ends(DROP_ICMP_UNKNOWN);
    }

    private static void reaches(final PacketStage stage, final int port, final String backend) {
        TunnelCases.goes(stage, tcp(CLIENT, 1234, VIP, port), backend);
        final PacketBuilder error =
                error(ROUTER, VIP, 3, 4, 1280, tcp(VIP, port, CLIENT, 1234).quote(8));
        final PacketStage.Received received = stage.receive(CLIENTS, error.ttl(64));
        TunnelCases.check(received, FORWARDED_ERROR, error.ttl(63), backend, 0);
    }

    private static void reaches6(final PacketStage stage, final int port, final String backend) {
        TunnelCases.goes(stage, udp(CLIENT6, 1234, VIP6, port), backend);
        final PacketBuilder error = error(
                ROUTER6,
                VIP6,
                2,
                0,
                1280,
                udp(VIP6, port, CLIENT6, 1234).payload(1300).quote(1192));
        final PacketStage.Received received = stage.receive(CLIENTS, error.ttl(64));
        TunnelCases.check(received, FORWARDED_ERROR, error.ttl(63), backend, 0);
    }
}
