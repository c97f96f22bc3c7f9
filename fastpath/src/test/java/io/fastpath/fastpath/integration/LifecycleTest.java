package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How an instance starts, ends, dies and is removed, and what is left on the machine then: nothing. */
final class LifecycleTest {
    @Test
    void shouldLeaveNothingAfterSigterm() {
        try (TestBalancer balancer = started()) {
            request(balancer);
            assertThat(xdp(balancer)).contains("xdp");

            assertThat(balancer.process().stop()).isZero();

            assertNoTrace(balancer);
        }
    }

    @Test
    void shouldEndCleanlyUnderLoad() {
        try (TestBalancer balancer = started();
                HttpLoad http = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", 8)) {
            http.start();
            TestBalancer.await("some requests", () -> http.requests() > 100);

            assertThat(balancer.process().stop()).isZero();

            assertNoTrace(balancer);
        }
    }

    /** As {@code top -H} shows them. */
    @Test
    void shouldTellItsThreadsApart() throws IOException {
        try (TestBalancer balancer = started();
                Stream<Path> tasks = Files.list(
                        Path.of("/proc", Long.toString(balancer.process().pid()), "task"))) {
            assertThat(tasks.map(task -> TestBalancer.read(task.resolve("comm")).strip())
                            .filter(name -> name.startsWith("fastpath")))
                    .containsExactlyInAnyOrder(
                            "fastpath-auto", "fastpath-contro", "fastpath-socket", "fastpath-worker");
        }
    }

    @Test
    void shouldTellCountersOfADeadInstanceAndDetachIt() {
        try (TestBalancer balancer = started()) {
            request(balancer);
            balancer.process().kill();

            final Fastpath.Result counters = fastpath(balancer, "counters", "--instance", balancer.name(), "--json");
            assertThat(counters.exitCode()).as(counters.err()).isZero();
            assertThat(counters.out()).contains("\"" + Counter.FLOW_OPENED.label() + "\":1");

            final Fastpath.Result detach = fastpath(balancer, "detach", "--instance", balancer.name());
            assertThat(detach.exitCode()).as(detach.err()).isZero();
            assertNoTrace(balancer);
        }
    }

    @Test
    void shouldStartOverWhatADeadInstanceLeft() {
        try (TestBalancer balancer = started()) {
            balancer.process().kill();
            balancer.start(config(balancer));
            request(balancer);
            assertThat(balancer.process().stop()).isZero();
            assertNoTrace(balancer);
        }
    }

    @Test
    void shouldRefuseASecondProcessOfTheSameName() {
        try (TestBalancer balancer = started()) {
            final Fastpath.Result second = fastpath(
                    balancer,
                    "run",
                    "--config",
                    balancer.write(config(balancer)).toString());

            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.err().strip().lines().toList()).hasSize(1);
            assertThat(second.err())
                    .contains("already running")
                    .contains(Long.toString(balancer.process().pid()));
            request(balancer);
        }
    }

    @Test
    void shouldDetachARunningInstance() {
        try (TestBalancer balancer = started()) {
            final Fastpath.Result detach = fastpath(balancer, "detach", "--instance", balancer.name());
            assertThat(detach.exitCode()).as(detach.err()).isZero();
            assertNoTrace(balancer);
        }
    }

    private static TestBalancer started() {
        final TestBalancer balancer = TestBalancer.lab(1);
        boolean started = false;
        try {
            balancer.start(config(balancer));
            started = true;
            return balancer;
        } finally {
            if (!started) {
                balancer.close();
            }
        }
    }

    private static String config(final TestBalancer balancer) {
        return balancer.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat");
    }

    private static void request(final TestBalancer balancer) {
        final String answer =
                Lab.in(balancer.lab().client(), "curl", "-sS", "--max-time", "10", "http://" + Lab.VIP + "/");
        assertThat(answer).startsWith("backend-");
    }

    private static Fastpath.Result fastpath(final TestBalancer balancer, final String... arguments) {
        return Fastpath.in(balancer.lab().balancer(), arguments);
    }

    private static String xdp(final TestBalancer balancer) {
        return Lab.in(balancer.lab().balancer(), "ip", "link", "show");
    }

    static void assertNoTrace(final TestBalancer balancer) {
        // The kernel drops the last reference of a link in the background.
        TestBalancer.await("no XDP program", () -> !xdp(balancer).contains("xdp"));
        assertThat(balancer.runDirectory()).doesNotExist();
        assertThat(List.of(mounts().split("\n")))
                .noneMatch(line -> line.contains(balancer.runDirectory().toString()));
    }

    private static String mounts() {
        return Shell.run("cat", "/proc/mounts");
    }
}
