package io.fastpath.conntrack.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;

/** Runs the jcstress tests of this package, shortly: in a process of their own, on two processors. */
class RaceTest {
    private static final int RACES = 11;
    private static final int SAMPLES_MIN = 1_000;
    private static final long TIME_LIMIT_SECONDS = 300; // half a minute on a machine that does nothing else

    @TempDir
    Path directory;

    @Test
    void shouldShowNoForbiddenOutcome() throws Exception {
        final Path output = directory.resolve("output.txt");
        final Process process = new ProcessBuilder(command())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ended in time")
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        final String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        final List<TestResult> results = results();
        assertThat(results.stream().map(TestResult::getName).distinct())
                .as(text)
                .hasSize(RACES);
        assertThat(results).allSatisfy(result -> {
            assertThat(result.status()).as(result.getName()).isEqualTo(Status.NORMAL);
            assertThat(result.grading().isPassed).as(text).isTrue();
            assertThat(result.getTotalCount()).as(result.getName()).isGreaterThan(SAMPLES_MIN);
        });
    }

    private static List<String> command() {
        final String exports = "--add-exports java.base/jdk.internal.misc=ALL-UNNAMED";
        final String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(exports.split(" ")));
        command.addAll(List.of("-cp", classPath, Main.class.getName()));
        command.addAll(List.of(
                "-c", "2", "-f", "1", "-fsm", "1", "-iters", "1", "-time", "700", "-af", "NONE", "-sc", "false"));
        command.addAll(List.of("-strideSize", "16", "-strideCount", "16", "-hs", "256", "-jvmArgs", exports));
        return command;
    }

    private List<TestResult> results() throws IOException, ClassNotFoundException {
        final List<TestResult> results = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            final Path file = files.filter(path -> path.toString().endsWith(".bin.gz"))
                    .findFirst()
                    .orElseThrow();
            final DiskReadCollector reader = new DiskReadCollector(file.toString(), results::add);
            reader.dump();
            reader.close();
        }
        return results;
    }
}
