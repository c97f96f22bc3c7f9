package io.fastpath.fastpath.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceFinderTest {
    @TempDir
    private Path root;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void shouldSayThatNoneRuns() {
        assertThatThrownBy(() -> finder().running(null)).hasMessage("no instance is running");
        assertThatThrownBy(() -> finder().running("edge1")).hasMessage("instance edge1 is not running");
        assertThatThrownBy(() -> finder().any(null)).hasMessage("there is no instance");
    }

    @Test
    void shouldTakeTheOnlyOne() throws Exception {
        run("edge1");
        leave("edge2");

        assertThat(finder().running(null)).isEqualTo("edge1");
        assertThat(finder().any(null)).isEqualTo("edge1");
        assertThat(finder().any("edge2")).isEqualTo("edge2");
        assertThatThrownBy(() -> finder().running("edge2")).hasMessage("instance edge2 is not running; running: edge1");
        assertThatThrownBy(() -> finder().any("edge3"))
                .hasMessage("there is no instance edge3; there are: edge1, edge2");
    }

    @Test
    void shouldAskWhichOneOfSeveral() {
        run("edge1");
        run("edge2");

        assertThatThrownBy(() -> finder().running(null))
                .isInstanceOfSatisfying(
                        ControlException.class,
                        ex -> assertThat(ex.kind()).isEqualTo(ControlException.Kind.NOT_RUNNING))
                .hasMessage("there are several instances; name one with --instance: edge1, edge2");
    }

    @Test
    void shouldTakeTheOnlyDeadOne() throws Exception {
        leave("edge1");

        assertThat(finder().any(null)).isEqualTo("edge1");
    }

    private InstanceFinder finder() {
        return new InstanceFinder(new InstanceDirectory(root));
    }

    private void run(final String name) {
        final InstanceClaim claim = new InstanceDirectory(root).claim(name);
        opened.push(claim);
        opened.push(ControlServer.start(claim, new FakeInstance(512), ControlLimits.DEFAULT));
    }

    private void leave(final String name) {
        new InstanceDirectory(root).claim(name).close();
    }
}
