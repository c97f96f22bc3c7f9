package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.kernelbpf.KernelObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What an operator gets who starts a balancer that can't be: one line that says what is wrong, and an untouched machine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StartFailureTest {
    private TestBalancer balancer;

    @TempDir
    private Path folder;

    @BeforeAll
    void build() {
        balancer = TestBalancer.lab(1);
    }

    @AfterAll
    void remove() {
        balancer.close();
    }

    @Test
    void shouldNameAMissingInterface() {
        assertRefused(run(config().replace("name: back", "name: bakc")), "bakc", "front");
    }

    @Test
    void shouldNameAQueueThatDoesNotExist() {
        assertRefused(run(config().replace("{name: back}", "{name: back, queues: [3]}")), "back", "queue 3");
    }

    @Test
    void shouldNameAnInterfaceThatIsDown() {
        Shell.run("ip", "-n", namespace(), "link", "set", "back", "down");
        try {
            assertRefused(run(config()), "back", "down");
        } finally {
            Shell.run("ip", "-n", namespace(), "link", "set", "back", "up");
        }
    }

    @Test
    void shouldNameABackendWithoutARoute() {
        final String yaml = config().replace(Lab.backendAddress(2), "10.99.0.1");
        assertRefused(run(yaml), "10.99.0.1:8080", "no route");
    }

    @Test
    void shouldNameABackendBehindAnInterfaceThatIsNotServed() {
        assertRefused(run(config().replace("  - {name: back}\n", "")), "10.8.0.11:8080", "not served");
    }

    @Test
    void shouldNameAnInterfaceThatAnotherProgramHolds() throws IOException {
        final Path object = Files.write(folder.resolve("pass.o"), KernelObjects.xdpPass());
        Lab.in(
                namespace(),
                "ip",
                "link",
                "set",
                "dev",
                "back",
                "xdpdrv",
                "object",
                object.toString(),
                "section",
                "xdp");
        try {
            final Fastpath.Result result = run(config());
            assertThat(result.exitCode()).isEqualTo(1);
            assertOneLine(result, "back", "another XDP program");
            assertThat(balancer.runDirectory()).doesNotExist();
            assertThat(Lab.in(namespace(), "ip", "link", "show", "back")).contains("prog/xdp");
            assertThat(Lab.in(namespace(), "ip", "link", "show", "front")).doesNotContain("prog/xdp");
        } finally {
            Lab.in(namespace(), "ip", "link", "set", "dev", "back", "xdpdrv", "off");
        }
    }

    @Test
    void shouldNameAQueueThatIsTaken() {
        try (TestBalancer other = TestBalancer.lab(1)) {
            other.start(other.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat"));
            final String yaml = (other.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat"))
                    .replace(other.name(), balancer.name());
            final Fastpath.Result result = Fastpath.in(
                    other.lab().balancer(),
                    "run",
                    "--config",
                    balancer.write(yaml).toString());
            assertThat(result.exitCode()).isEqualTo(1);
            assertOneLine(result, "queue 0", "EBUSY");
            assertThat(balancer.runDirectory()).doesNotExist();
            assertThat(Lab.in(other.lab().client(), "curl", "-sS", "--max-time", "10", "http://" + Lab.VIP + "/"))
                    .startsWith("backend-");
        }
    }

    @Test
    void shouldSayThatItNeedsRoot() {
        final List<String> words = new ArrayList<>(
                List.of("ip", "netns", "exec", namespace(), "setpriv", "--inh-caps=-all", "--bounding-set=-all"));
        words.addAll(Fastpath.command());
        words.addAll(List.of("run", "--config", balancer.write(config()).toString()));
        assertRefused(Fastpath.run(words), "root");
    }

    /** {@code ip netns exec} gives the command mounts of its own, so that the library is hidden from it alone. */
    @Test
    void shouldSayThatLibbpfIsMissing() {
        final List<String> java = new ArrayList<>(Fastpath.command());
        java.addAll(List.of("run", "--config", balancer.write(config()).toString()));
        final String hidden =
                "for f in /usr/lib/*/libbpf.so.1*; do mount --bind /dev/null $f; done; exec " + String.join(" ", java);
        assertRefused(Fastpath.run(List.of("ip", "netns", "exec", namespace(), "sh", "-c", hidden)), "libbpf");
    }

    /** The directory and the lock fit into a file system of one page that is full; the process id doesn't. */
    @Test
    void shouldLeaveNothingInAFullRunDirectory() {
        final Path run = folder.resolve("run");
        final Fastpath.Result result = runIn(
                run,
                "mkdir $RUN; mount -t tmpfs -o size=4096 tmpfs $RUN; head -c 4096 /dev/zero > $RUN/full",
                "find $RUN -mindepth 1; exit $code");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertOneLine(result, run.resolve(balancer.name()).toString(), "No space left on device");
        assertThat(result.out().strip()).isEqualTo(run.resolve("full").toString());
    }

    @Test
    void shouldNameARunDirectoryThatCanNotBeWritten() {
        final Path run = folder.resolve("read-only");
        final Fastpath.Result result =
                runIn(run, "mkdir $RUN; mount -t tmpfs -o ro tmpfs $RUN", "find $RUN -mindepth 1; exit $code");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertOneLine(result, run.resolve(balancer.name()).toString(), "Read-only file system");
        assertThat(result.out()).isBlank();
    }

    /** Runs the balancer between two pieces of shell, in mounts of its own, with another run directory. */
    private Fastpath.Result runIn(final Path directory, final String before, final String after) {
        final List<String> java =
                new ArrayList<>(Fastpath.command("-D" + InstanceDirectory.ROOT_PROPERTY + "=" + directory));
        java.addAll(List.of("run", "--config", balancer.write(config()).toString()));
        final String script =
                "RUN=" + directory + "; " + before + "; " + String.join(" ", java) + "; code=$?; " + after;
        return Fastpath.run(List.of("ip", "netns", "exec", namespace(), "sh", "-c", script));
    }

    private String namespace() {
        return balancer.lab().balancer();
    }

    private String config() {
        return balancer.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat");
    }

    private Fastpath.Result run(final String yaml) {
        return Fastpath.in(namespace(), "run", "--config", balancer.write(yaml).toString());
    }

    private void assertRefused(final Fastpath.Result result, final String... parts) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertOneLine(result, parts);
        LifecycleTest.assertNoTrace(balancer);
    }

    /** One line says it; lines of the log that only warn may stand before it. */
    private static void assertOneLine(final Fastpath.Result result, final String... parts) {
        final List<String> lines = result.err()
                .lines()
                .filter(line -> !line.isBlank() && !line.matches("\\S+ (INFO|WARN) .*"))
                .toList();
        assertThat(lines).as(result.err()).hasSize(1);
        assertThat(lines.get(0)).startsWith("fastpath: ").contains(parts);
    }
}
