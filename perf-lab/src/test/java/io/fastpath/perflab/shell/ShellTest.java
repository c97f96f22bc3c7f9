package io.fastpath.perflab.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.perflab.Await;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShellTest {
    @TempDir
    private Path folder;

    @Test
    void shouldAnswerWhatACommandPrinted() {
        assertThat(Shell.run("echo one two")).isEqualTo("one two\n");
    }

    @Test
    void shouldThrowWhatAFailedCommandPrinted() {
        assertThatThrownBy(() -> Shell.run(List.of("sh", "-c", "echo broken >&2; exit 3")))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("exit code 3: broken");
    }

    @Test
    void shouldNameACommandThatIsNotThere() {
        assertThatThrownBy(() -> Shell.run("no-such-command-here"))
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
            Await.until("end of the child", () -> ProcessHandle.of(child.pid()).isEmpty());

            assertThatThrownBy(child::checkAlive)
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("exit code 7: no such interface");
        }
    }
}
