package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.lab.BalancerProcess;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signal at any time: 0 says that the balancer had started and that all was given back. */
final class SignalTest {
    private static final long END_LIMIT_SECONDS = 20;

    @TempDir
    private Path folder;

    @Test
    void shouldEndCleanlyAfterSigint() throws Exception {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            final Process process = run(balancer, yaml(balancer));
            try {
                TestBalancer.await("the ready line", () -> log().contains(" ready: "));
                assertThat(Lab.in(balancer.lab().client(), "curl", "-sS", "--max-time", "10", "http://" + Lab.VIP))
                        .startsWith("backend-");

                Shell.run("kill", "-INT", Long.toString(process.pid()));

                assertThat(exitCode(process)).as(log()).isZero();
                LifecycleTest.assertNoTrace(balancer);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /** A backend that nobody is lets the start wait for its neighbour for seconds. */
    @Test
    void shouldEndCleanlyAfterSigtermDuringAGoodStart() throws Exception {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            final Process process = run(balancer, yaml(balancer).replace(Lab.backendAddress(2), "10.8.0.99"));
            try {
                final Path socket = InstanceDirectory.standard().socket(balancer.name());
                TestBalancer.await("the control socket", () -> Files.exists(socket));
                assertThat(log()).doesNotContain(" ready: ");

                process.destroy();

                assertThat(exitCode(process)).as(log()).isZero();
                LifecycleTest.assertNoTrace(balancer);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /** A queue that is taken may be one that is just being freed: the start waits some seconds for it. */
    @Test
    void shouldNotEndAsIfAllWereWellAfterSigtermDuringAFailingStart() throws Exception {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            final String name = balancer.name() + "x";
            try (BalancerProcess other = BalancerProcess.start(
                    Fastpath.command(),
                    balancer.lab().balancer(),
                    balancer.write(yaml(balancer)),
                    folder.resolve("other.log"))) {
                final Process process = run(balancer, yaml(balancer).replace(balancer.name(), name));
                try {
                    final Path run = InstanceDirectory.standard().of(name);
                    TestBalancer.await("the claim", () -> Files.exists(run));

                    process.destroy();

                    assertThat(exitCode(process)).as(log()).isEqualTo(1);
                    assertThat(log().lines().filter(line -> line.contains("EBUSY")))
                            .hasSize(1);
                    assertThat(run).doesNotExist();
                } finally {
                    process.destroyForcibly();
                }
                assertThat(other.stop()).isZero();
            }
        }
    }

    /** Where tests run in the background of a shell, SIGINT is ignored, and children inherit that. */
    private Process run(final TestBalancer balancer, final String yaml) throws IOException {
        final List<String> words = new ArrayList<>(
                List.of("ip", "netns", "exec", balancer.lab().balancer(), "env", "--default-signal=INT"));
        words.addAll(Fastpath.command());
        final Path config = Files.writeString(folder.resolve("config.yaml"), yaml);
        words.addAll(List.of("run", "--config", config.toString()));
        return new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("log").toFile())
                .start();
    }

    private static int exitCode(final Process process) throws InterruptedException {
        assertThat(process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String log() {
        return TestBalancer.read(folder.resolve("log"));
    }

    private static String yaml(final TestBalancer balancer) {
        return balancer.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat");
    }
}
