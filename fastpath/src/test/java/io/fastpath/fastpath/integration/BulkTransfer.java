package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.lab.ChildProcess;
import io.fastpath.fastpath.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * iperf3 through a service, each way. It opens two connections, to the same server: so its service has one backend. Ends the
 * server.
 */
final class BulkTransfer implements AutoCloseable {
    static final int PORT = 5201;

    private static final long LENGTH = 16 << 20;

    /** iperf3 stops counting when the sender has written its last; what is in its socket then, 4 MiB and more, is left out. */
    private static final long COUNTED = LENGTH / 4;

    private final ChildProcess server;

    /**
     * Starts the server.
     *
     * @param namespace of the backend
     * @param log of it
     */
    BulkTransfer(final String namespace, final Path log) {
        server = ChildProcess.start(
                "iperf3", List.of("ip", "netns", "exec", namespace, "iperf3", "-s", "-p", Integer.toString(PORT)), log);
        TestBalancer.await(
                "iperf3",
                () -> Lab.in(namespace, "ss", "-Hltn", "sport", "=", ":" + PORT).contains("LISTEN"));
    }

    /** The services of both VIPs, as the configuration has them; with a backend of the other family, if so. */
    static String services(final String mode, final boolean isAcross) {
        final String four = Lab.backendAddress(1);
        final String six = Lab.backendAddress6(1);
        return service("bulk4", Lab.VIP, isAcross ? six : four, mode)
                + service("bulk6", Lab.VIP6, isAcross ? four : six, mode);
    }

    private static String service(final String name, final String vip, final String backend, final String mode) {
        return """
                  - name: %s
                    vip: "%s"
                    port: %d
                    protocol: tcp
                    forwarding: %s
                    backends: [{address: "%s", port: %d}]
                """.formatted(name, vip, PORT, mode, backend, PORT);
    }

    /** Sends to the server, and then has it send. */
    void run(final String client, final String vip) {
        assertThat(received(client, vip, "--omit=0")).as("sent to %s", vip).isGreaterThan(COUNTED);
        assertThat(received(client, vip, "--reverse")).as("sent by %s", vip).isGreaterThan(COUNTED);
    }

    private static long received(final String client, final String vip, final String way) {
        final String report = Lab.in(
                client,
                "timeout",
                "30",
                "iperf3",
                "--json",
                "--client",
                vip,
                "--port",
                Integer.toString(PORT),
                "--bytes",
                Long.toString(LENGTH),
                way);
        try {
            final JsonNode end = new ObjectMapper().readTree(report).path("end");
            return end.path("sum_received").path("bytes").asLong();
        } catch (final IOException e) {
            throw new UncheckedIOException(report, e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
