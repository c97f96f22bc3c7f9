package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.cli.ExitCode;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine of an instance: changed while requests run, and told of one whose process is dead. */
final class EngineTest {
    private static final int CLIENTS = 8;
    private static final int SOME = 150;

    @Test
    void shouldChangeTheEngineWhileItRuns() throws IOException {
        try (TestBalancer balancer = TestBalancer.lab(1);
                HttpLoad http = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", CLIENTS)) {
            balancer.start(balancer.head("0") + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat"));
            http.start();
            for (final String mode : List.of("kernel", "hybrid", "userspace", "kernel", "userspace")) {
                assertThat(engine(balancer, mode).path("inForce").asText()).isEqualTo(mode);
                TakeoverTest.more(http, CLIENTS); // what was in a ring by then is out of it
                final JsonNode before = engine(balancer);
                TakeoverTest.more(http, SOME);
                final JsonNode after = engine(balancer);

                assertThat(grown(before, after, "placed") > 0).as(mode).isEqualTo(!mode.equals("userspace"));
                assertThat(grown(before, after, "userspace") > 0).as(mode).isEqualTo(!mode.equals("kernel"));
            }
            assertThat(http.failures())
                    .as(() -> "first: " + http.firstFailure())
                    .isZero();
        }
    }

    @Test
    void shouldTellThatTheKernelEngineCarriesOnWithoutAProcess() throws IOException {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start(balancer.head("0") + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat"));
            request(balancer);
            balancer.process().kill();
            request(balancer);

            final Fastpath.Result status = fastpath(balancer, "status", "--json");
            final Fastpath.Result engine = fastpath(balancer, "engine", "hybrid");

            assertThat(status.exitCode()).as(status.err()).isEqualTo(ExitCode.NOT_RUNNING);
            assertThat(engine.exitCode()).as(engine.err()).isEqualTo(ExitCode.NOT_RUNNING);
            assertThat(status.err()).contains("instance " + balancer.name() + " has no process");
            assertThat(engine.err()).contains("its mode can't be changed");
            assertThat(engine.out()).startsWith("engine    kernel: no process: the kernel engine carries on alone\n");
            final JsonNode left = new ObjectMapper().readTree(status.out());
            assertThat(left.path("running").asBoolean(true)).isFalse();
            assertThat(left.path("engine").asText()).isEqualTo("kernel");
            assertThat(left.at("/placement/packets/kernel").asLong()).isPositive();
            assertThat(left.at("/placement/packets/stale").asLong()
                            + left.at("/placement/packets/noSocket").asLong())
                    .isPositive();
            assertThat(left.at("/flows/used").asLong()).isEqualTo(2);
            assertThat(left.path("ifindexes")).hasSize(2);
            assertThat(fastpath(balancer, "detach").exitCode()).isZero();
            LifecycleTest.assertNoTrace(balancer);
        }
    }

    private static void request(final TestBalancer balancer) {
        assertThat(Lab.in(balancer.lab().client(), "curl", "-sS", "--max-time", "10", "http://" + Lab.VIP))
                .startsWith("backend-");
    }

    private static long grown(final JsonNode before, final JsonNode after, final String name) {
        return after.path("packets").path(name).asLong()
                - before.path("packets").path(name).asLong();
    }

    private static JsonNode engine(final TestBalancer balancer, final String... mode) throws IOException {
        final String[] words =
                mode.length == 0 ? new String[] {"engine", "--json"} : new String[] {"engine", mode[0], "--json"};
        final Fastpath.Result result = fastpath(balancer, words);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return new ObjectMapper().readTree(result.out());
    }

    private static Fastpath.Result fastpath(final TestBalancer balancer, final String... words) {
        final String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--instance";
        all[words.length + 1] = balancer.name();
        return Fastpath.in(balancer.lab().balancer(), all);
    }
}
