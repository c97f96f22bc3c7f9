package io.fastpath.fastpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.Fault;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DemoCommandTest {
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

    @ParameterizedTest
    @EnumSource(Fault.class)
    void shouldDoEachFault(final Fault fault) {
        assertThat(stage.fastpath("demo", "--help").out()).contains(fault.label());
        assertThat(stage.fastpath("demo", "--fault", fault.label()).exitCode()).isZero();
        assertThat(stage.operations().calls()).containsExactly("demo 10 false " + fault.label());
    }

    @Test
    void shouldRefuseAFaultThatThereIsNot() {
        final CommandStage.Result result = stage.fastpath("demo", "--fault", "flood");
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("'flood' is none of kill, stop, gc, overload, upgrade");
    }

    @Test
    void shouldRefuseAFaultWithoutTimeForIt() {
        final CommandStage.Result result = stage.fastpath("demo", "--fault", "kill", "--seconds", "5");
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--fault needs --seconds 6 or more, not 5");
    }
}
