package io.fastpath.fastpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.cli.CommandStage.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parsing, help, exit codes, and the one line of a failure. */
class CommandLineTest {
    @TempDir
    private Path root;

    private CommandStage stage;

    @BeforeEach
    void open() {
        stage = new CommandStage(root);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    static Stream<String> commands() {
        return Stream.of(
                "demo",
                "run",
                "upgrade",
                "check",
                "status",
                "engine",
                "services",
                "backends",
                "flows",
                "counters",
                "explain",
                "doctor",
                "detach",
                "replay",
                "test",
                "bench",
                "lab");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldExplainEachCommandWithAnExample(final String command) {
        final Result result = stage.fastpath(command, "--help");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("Usage: fastpath " + command)
                .contains("Example")
                .contains("  fastpath " + command);
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 120);
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldListEachCommand(final String command) {
        assertThat(stage.fastpath("--help").out())
                .contains("\n  " + command + " ")
                .contains("Exit codes:");
    }

    @Test
    void shouldCallWrongUsageWithTwo() {
        assertUsage(stage.fastpath(), "fastpath: a COMMAND is missing");
        assertUsage(stage.fastpath("stats"), "fastpath: Unmatched argument at index 0: 'stats'");
        assertUsage(stage.fastpath("check"), "fastpath: Missing required option: '--config=FILE'");
        assertUsage(stage.fastpath("status", "--cfg"), "fastpath: Unknown option: '--cfg'");
        assertUsage(stage.fastpath("demo", "--seconds", "many"), "fastpath: Invalid value for option '--seconds'");
        assertUsage(stage.fastpath("demo", "--seconds", "0"), "fastpath: --seconds 0 is not in 1-3600");
        assertUsage(
                stage.fastpath("flows", "--state", "open"), "fastpath: state \"open\" is unknown; allowed: syn-sent,");
        assertUsage(stage.fastpath("flows", "--port", "70000"), "fastpath: port 70000 is not in 0-65535");
        assertUsage(stage.fastpath("test"), "fastpath: this command is the launcher script's");
    }

    private static void assertUsage(final Result result, final String line) {
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).startsWith(line);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void shouldPrintTheVersion() {
        assertThat(stage.fastpath("--version").out()).startsWith("fastpath ");
    }

    @Test
    void shouldCallAMissingInstanceWithThree() {
        for (final String command : new String[] {"status", "engine", "services", "backends", "flows"}) {
            final Result result = stage.fastpath(command);
            assertThat(result.exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
            assertThat(result.err()).isEqualTo("fastpath: no instance is running\n");
        }
        assertThat(stage.fastpath("counters").err()).isEqualTo("fastpath: there is no instance\n");
        assertThat(stage.fastpath("status", "-i", "edge9").err())
                .isEqualTo("fastpath: instance edge9 is not running\n");
    }

    @Test
    void shouldAskWhichOfSeveralInstances() {
        stage.start("edge1");
        stage.start("edge2");

        final Result result = stage.fastpath("status");
        assertThat(result.exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
        assertThat(result.err())
                .isEqualTo("fastpath: there are several instances; name one with --instance: edge1, edge2\n");
        assertThat(stage.fastpath("status", "--instance", "edge2").exitCode()).isZero();
    }

    @Test
    void shouldHandRunAndDemoAndDetachOver() throws IOException {
        assertThat(stage.fastpath("run", "--config", stage.file(CommandStage.GOOD_CONFIG))
                        .exitCode())
                .isZero();
        assertThat(stage.fastpath("upgrade", "--config", stage.file(CommandStage.GOOD_CONFIG))
                        .exitCode())
                .isZero();
        assertThat(stage.fastpath("demo", "--seconds", "3", "--json").exitCode())
                .isZero();
        assertThat(stage.fastpath("demo").exitCode()).isZero();
        assertThat(stage.fastpath("detach", "-i", "edge1").out()).isEqualTo("instance edge1 is removed\n");

        assertThat(stage.operations().calls())
                .containsExactly("run edge1", "upgrade edge1", "demo 3 true", "demo 10 false", "detach edge1");
    }

    @Test
    void shouldDetachTheOnlyInstanceAndBeContentWithNone() {
        assertThat(stage.fastpath("detach").out()).isEqualTo("there was nothing to remove\n");
        stage.directory().claim("edge7").close();
        assertThat(stage.fastpath("detach", "--json").out()).isEqualTo("{\"instance\":\"edge7\",\"removed\":true}\n");
        stage.operations().nothingToDetach();
        final Result again = stage.fastpath("detach", "--json");
        assertThat(again.out()).isEqualTo("{\"instance\":\"edge7\",\"removed\":false}\n");
        assertThat(again.exitCode()).isZero();
    }

    @Test
    void shouldSayAFailureInOneLineAndItsPlaceOnDemand() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG);
        stage.operations().failWith(new IllegalStateException("the cable is cut"));

        final Result result = stage.fastpath("run", "--config", file);
        assertThat(result.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.err()).isEqualTo("fastpath: the cable is cut\n");
        assertThat(stage.fastpath("run", "--config", file, "--debug").err())
                .contains("\tat io.fastpath.")
                .endsWith("fastpath: the cable is cut\n");
    }

    @Test
    void shouldTellAnUnexpectedFailureApart() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG);
        stage.operations().failWith(new ArrayIndexOutOfBoundsException("Index 5 out of bounds"));
        assertThat(stage.fastpath("run", "-c", file).err())
                .isEqualTo("fastpath: unexpected java.lang.ArrayIndexOutOfBoundsException: Index 5 out of bounds"
                        + " (--debug tells where)\n");
        stage.operations().failWith(new UncheckedIOException("can't read it", new IOException("no")));
        assertThat(stage.fastpath("run", "-c", file).err()).isEqualTo("fastpath: can't read it\n");
        stage.operations().failWith(new CommandException("not now", 7));
        assertThat(stage.fastpath("run", "-c", file).exitCode()).isEqualTo(7);
    }

    @Test
    void shouldPrintEveryErrorOfAConfiguration() throws IOException {
        final Path file = stage.file(
                CommandStage.GOOD_CONFIG.replace("port: 80\n", "port: 70000\n").replace("tcp", "sctp"));

        for (final String command : new String[] {"run", "check", "doctor"}) {
            final Result result = stage.fastpath(command, "--config", file);
            assertThat(result.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .isEqualTo(file
                            + ":8: services[0].port: 70000 is not a port (1-65535), a range of ports such as 8000-8100 (lowest first), or any\n"
                            + file
                            + ":9: services[0].protocol: sctp is not one of tcp, udp\n"
                            + "fastpath: the configuration has errors\n");
        }
        assertThat(stage.operations().calls()).isEmpty();
    }
}
