package io.fastpath.fastpath.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShellTest {
    @TempDir
    private Path folder;

    @Test
    void shouldAnswerWhatACommandPrinted() {
        assertThat(Shell.runLine("echo one two")).isEqualTo("one two\n");
        assertThat(Shell.run("echo", "one  two")).isEqualTo("one  two\n");
    }

    @Test
    void shouldThrowWhatAFailedCommandPrinted() {
        assertThatThrownBy(() -> Shell.run("sh", "-c", "echo broken >&2; exit 3"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("exit code 3: broken");
    }

    @Test
    void shouldNameACommandThatIsNotThere() {
        assertThatThrownBy(() -> Shell.runLine("no-such-command-here"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("no-such-command-here");
    }

    @Test
    void shouldEndAChildAndTellIfOneEndedItself() {
        final ChildProcess child = ChildProcess.start("sleeper", List.of("sleep", "60"), folder.resolve("log"));
        child.checkAlive();
        child.close();

        assertThatThrownBy(child::checkAlive).isInstanceOf(LabException.class).hasMessageContaining("sleeper ended");
        assertThat(ProcessHandle.of(child.pid())).isEmpty();
    }

    @Test
    void shouldQuoteTheLastWordsOfAChild() {
        final List<String> words = List.of("sh", "-c", "echo no such interface; exit 7");
        try (ChildProcess child = ChildProcess.start("talker", words, folder.resolve("log"))) {
            await(() -> ProcessHandle.of(child.pid()).isEmpty());

            assertThatThrownBy(child::checkAlive)
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("exit code 7: no such interface");
        }
    }

    @Test
    void shouldTellHowAChildEnded() {
        final List<String> words = List.of("sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.01; done");
        final ChildProcess child = ChildProcess.start("talker", words, folder.resolve("log"));
        await(() -> child.logEnd().equals("up"));

        assertThat(child.stop()).isEqualTo(5);
    }

    private static void await(final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(20));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
