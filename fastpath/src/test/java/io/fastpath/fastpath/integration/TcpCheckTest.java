package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.StreamBackend;
import io.fastpath.fastpath.lab.StreamLoad;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real stacks under {@code tcpCheck: strict}: transfers and short connections, none of whose segments is out of its windows. */
class TcpCheckTest {
    private static final int HELD = 40;
    private static final int NEW_PER_SECOND = 50;
    private static final int VIP_PORT = 90;
    private static final int PORT = 9000;

    @ParameterizedTest
    @CsvSource({"USERSPACE, full-nat", "KERNEL, full-nat", "HYBRID, nat"})
    void shouldLetAllPassThatEndpointsSend(final EngineMode engine, final String mode) {
        final List<StreamBackend> streams = new ArrayList<>();
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            for (int i = 1; i <= 2; i++) {
                streams.add(StreamBackend.start(i, balancer.lab().backend(i), PORT, Lab.backendAddress(i)));
            }
            balancer.start(yaml(balancer, engine, mode));
            try (StreamLoad load = new StreamLoad(balancer.lab().client(), Lab.VIP, VIP_PORT, HELD, NEW_PER_SECOND)) {
                load.start();
                TestBalancer.await(
                        "transfers and connections",
                        () -> load.open() == HELD && load.ended() > 100 && load.checkedBlocks() > 20 * HELD
                                || load.failures() > 0);
                assertThat(load.failures()).as(load::firstFailure).isZero();
                assertThat(load.open()).isEqualTo(HELD);
                assertThat(balancer.counter(Counter.DROP_TCP_WINDOW)).isZero();
            }
            assertThat(balancer.counter(Counter.DROP_TCP_WINDOW)).isZero();
        } finally {
            streams.forEach(StreamBackend::close);
        }
    }

    private static String yaml(final TestBalancer balancer, final EngineMode engine, final String mode) {
        final List<String> backends = IntStream.rangeClosed(1, 2)
                .mapToObj(i -> "      - {address: %s, port: %d}%n".formatted(Lab.backendAddress(i), PORT))
                .toList();
        return balancer.head("1").replace("services:\n", "engine: " + engine.label() + "\nservices:\n")
                + """
                  - name: stream
                    vip: %s
                    port: %d
                    protocol: tcp
                    forwarding: %s
                    tcpCheck: strict
                    backends:
                """.formatted(Lab.VIP, VIP_PORT, mode)
                + String.join("", backends);
    }
}
