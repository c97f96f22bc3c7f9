package io.fastpath.perflab.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.environment.JsonLine;
import io.fastpath.perflab.throughput.Round;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CompareCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldGiveTheRatioOfEachSubjectWithItsInterval() {
        final Path first = file("first", environment("6.18", "-Dfastpath.launcher=/here"), "c", 100, 110, 105);
        final Path second = file("second", environment("6.18", "-Dfastpath.launcher=/there"), "c", 200, 220, 210);

        assertThat(run(first, second)).isZero();
        assertThat(out.toString()).contains("c ", "2.000 (1.7").doesNotContain("no difference");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldShowNoDifferenceWhereNoiseIsGreater() {
        final Environment environment = environment("6.18");
        assertThat(run(file("a", environment, "c", 100, 150, 80), file("b", environment, "c", 110, 90, 140)))
                .isZero();
        assertThat(out.toString()).contains("no difference shown");
    }

    @Test
    void shouldSayThatASingleRoundHasNoInterval() {
        final Environment environment = environment("6.18");
        run(file("a", environment, "c", 100), file("b", environment, "c", 90, 91));
        assertThat(out.toString()).contains("no interval: a single round");
    }

    @Test
    void shouldRefuseToCompareUnlikeEnvironmentsUnlessTold() {
        final Path first = file("first", environment("6.12"), "c", 100, 101);
        final Path second = file("second", environment("6.18"), "c", 100, 101);

        assertThat(run(first, second)).isEqualTo(1);
        assertThat(err.toString()).contains("kernel: 6.12 / 6.18", "--unlike");
        assertThat(out.toString()).isEmpty();

        assertThat(run(first, second, "--unlike", "--json")).isZero();
        assertThat(out.toString()).contains("{\"ratio\":{\"subject\":\"c\"");
    }

    @Test
    void shouldTellWhatOnlyOneOfThemMeasured() {
        final Environment environment = environment("6.18");
        run(file("a", environment, "c", 100), file("b", environment, "java", 90));
        assertThat(err.toString()).contains("in one file alone: c, 1 flows", "in one file alone: java");
    }

    @Test
    void shouldReadWhatAnInterruptedRunLeft() throws IOException {
        final Path file = file("a", environment("6.18"), "c", 100, 101);
        Files.writeString(file, Files.readString(file) + "{\"round\":{\"num");
        assertThat(run(file, file)).isZero();
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        final Path file = folder.resolve("wrong");
        assertProblem(file, "can't read " + file);
        Files.writeString(file, "{\"environment\":{}}\nflows 1  round 1\n{}\n");
        assertProblem(file, file + ", line 2: no JSON");
        Files.writeString(file, JsonLine.of("environment", environment("6.18")));
        assertProblem(file, file + " has no round");
        Files.writeString(file, "{\"environment\":{}}\n{\"round\":7}\n");
        assertProblem(file, file + ", line 2: no Round");
    }

    private void assertProblem(final Path file, final String problem) {
        assertThatThrownBy(() -> Results.read(file)).hasMessageStartingWith(problem);
    }

    private int run(final Path first, final Path second, final String... options) {
        final List<String> words = new ArrayList<>(List.of(first.toString(), second.toString()));
        words.addAll(List.of(options));
        return new CommandLine(new CompareCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words.toArray(String[]::new));
    }

    private Path file(final String name, final Environment environment, final String subject, final double... rates) {
        final StringBuilder text = new StringBuilder(JsonLine.of("environment", environment)).append('\n');
        for (int i = 0; i < rates.length; i++) {
            final Round round = new Round(i + 1, subject, 1, 60, 1, rates[i], rates[i], 9, 0, 0, null, 0);
            text.append(JsonLine.of("round", round)).append('\n');
        }
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (final IOException ex) {
            throw new AssertionError(ex);
        }
    }

    private static Environment environment(final String kernel, final String... flags) {
        return new Environment("2026-01-01T00:00:00Z", kernel, "a CPU", 2, "a JDK", List.of(flags), "veth", "abc", 0.1);
    }
}
