package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.StreamBackend;
import io.fastpath.fastpath.lab.StreamLoad;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A flow table that one client fills with answered datagrams, which make room for nobody, beside another's transfers: these
 * go on, every byte right, and when the datagrams are forgotten new connections are taken again.
 */
class FullTableTest {
    private static final int HELD = 60;
    private static final int STREAM_VIP_PORT = 90;
    private static final int STREAM_PORT = 9000;
    private static final int FIRST_PORT = 20_000;
    private static final int ANSWER_LIMIT_MS = 20;

    /** More than there are pairs of slots for a capacity of 1,024. */
    private static final int MOST = 2_500;

    @ParameterizedTest
    @EnumSource(
            value = EngineMode.class,
            names = {"USERSPACE", "KERNEL"})
    void shouldLetEstablishedTransfersGoOn(final EngineMode engine) throws IOException {
        final List<StreamBackend> streams = new ArrayList<>();
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            for (int i = 1; i <= 2; i++) {
                streams.add(StreamBackend.start(i, balancer.lab().backend(i), STREAM_PORT, Lab.backendAddress(i)));
            }
            balancer.start(yaml(balancer, engine));
            try (StreamLoad load = new StreamLoad(balancer.lab().client(), Lab.VIP, STREAM_VIP_PORT, HELD, 1)) {
                load.start();
                TestBalancer.await("the transfers", () -> load.open() == HELD || load.failures() > 0);
                fill(balancer);
                final long blocks = load.checkedBlocks();
                TestBalancer.await(
                        "blocks beside a full table",
                        () -> load.checkedBlocks() >= blocks + 4 * HELD || load.failures() > 0);
                assertThat(balancer.counter(Counter.DROP_FLOW_TABLE_FULL)).isPositive();
                assertNothingBroke(load);
                final long ended = load.ended();
                TestBalancer.await("new connections", () -> load.ended() >= ended + 3 || load.failures() > 0);
                assertNothingBroke(load);
            }
        } finally {
            streams.forEach(StreamBackend::close);
        }
    }

    private static void assertNothingBroke(final StreamLoad load) {
        assertThat(load.failures()).as(load::firstFailure).isZero();
        assertThat(load.open()).isEqualTo(HELD);
    }

    /** One datagram from each of many ports, answered as long as there is room. */
    private static void fill(final TestBalancer balancer) throws IOException {
        final NetworkNamespace visit = NetworkNamespace.enter(balancer.lab().client());
        try {
            final InetSocketAddress service = new InetSocketAddress(InetAddress.getByName(Lab.VIP), 7);
            final byte[] bytes = new byte[64];
            for (int i = 0; i < MOST; i++) {
                try (DatagramSocket socket = new DatagramSocket(FIRST_PORT + i)) {
                    socket.setSoTimeout(ANSWER_LIMIT_MS);
                    socket.send(new DatagramPacket(bytes, 1, service));
                    socket.receive(new DatagramPacket(bytes, bytes.length));
                } catch (final SocketTimeoutException e) {
                    if (balancer.counter(Counter.DROP_FLOW_TABLE_FULL) > 20) {
                        return;
                    }
                }
            }
        } finally {
            visit.close();
        }
    }

    private static String yaml(final TestBalancer balancer, final EngineMode engine) {
        final List<String> backends = IntStream.rangeClosed(1, 2)
                .mapToObj(i -> "      - {address: %s, port: %d}%n".formatted(Lab.backendAddress(i), STREAM_PORT))
                .toList();
        return balancer.head("1")
                        .replace("capacity: 65536", "capacity: 1024, timeouts: {udpStream: 20s}")
                        .replace("services:\n", "engine: " + engine.label() + "\nservices:\n")
                + TestBalancer.service("udp4", Lab.VIP, 7, "udp", "full-nat")
                + """
                  - name: stream
                    vip: %s
                    port: %d
                    protocol: tcp
                    forwarding: full-nat
                    backends:
                """.formatted(Lab.VIP, STREAM_VIP_PORT)
                + String.join("", backends);
    }
}
