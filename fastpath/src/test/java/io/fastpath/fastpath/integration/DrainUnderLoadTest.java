package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.lab.Lab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A backend is drained by command while a hundred TCP connections a second come and go, others are held, and datagrams
 * flow: no connection breaks, no byte is wrong, nothing new goes to it, and then it takes its share again.
 */
final class DrainUnderLoadTest {
    private static final int PORT = 9000;

    private final FaultBed bed = new FaultBed();

    @AfterEach
    void remove() {
        bed.close();
    }

    @Test
    void shouldFinishConnectionsOfADrainedBackendWithKernelEngine() {
        shouldFinishConnectionsOfADrainedBackend("kernel");
    }

    @Test
    void shouldFinishConnectionsOfADrainedBackendWithWorkers() {
        shouldFinishConnectionsOfADrainedBackend("userspace");
    }

    private void shouldFinishConnectionsOfADrainedBackend(final String engine) {
        final String slow =
                bed.yaml().replace("    forwarding: full-nat\n", "    forwarding: full-nat\n    slowStart: 2s\n");
        bed.balancer().start(slow.replace("onExit: detach\n", "onExit: detach\nengine: " + engine + "\n"));
        bed.drive();

        drain("draining");
        bed.run(200);
        final long opened = backend("stream").path("flowsOpened").asLong();
        bed.more();
        bed.more();
        assertThat(backend("stream").path("state").asText()).isEqualTo("draining");
        assertThat(backend("stream").path("flowsOpened").asLong()).isEqualTo(opened);
        assertThat(backend("stream").path("flows").asLong()).isPositive();
        assertThat(backend("datagram").path("flows").asLong()).isZero();

        drain("takes new connections", "--undo");
        TestBalancer.await(
                "the whole weight",
                () -> backend("stream").path("state").asText().equals("up"));
        bed.more();
        bed.more();
        assertThat(backend("stream").path("flowsOpened").asLong()).isGreaterThan(opened);

        bed.assertNothingBroke();
    }

    private void drain(final String answer, final String... options) {
        final String[] command = new String[options.length + 4];
        command[0] = "drain";
        command[1] = Lab.backendAddress(1);
        command[2] = "--instance";
        command[3] = bed.balancer().name();
        System.arraycopy(options, 0, command, 4, options.length);
        final Fastpath.Result result = Fastpath.in(bed.balancer().lab().balancer(), command);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("stream " + Lab.backendAddress(1) + ":" + PORT + ": " + answer);
    }

    private JsonNode backend(final String service) {
        for (final JsonNode backend : bed.balancer().ask("backends")) {
            if (backend.path("service").asText().equals(service)
                    && backend.path("address").asText().equals(Lab.backendAddress(1))) {
                return backend;
            }
        }
        throw new AssertionError("no such backend");
    }
}
