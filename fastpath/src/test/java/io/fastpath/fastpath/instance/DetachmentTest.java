package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.fastpath.control.InstanceDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DetachmentTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../other", "a/b", "a/../b", "/other"})
    void shouldRefuseANameThatLeadsElsewhere(final String name) throws IOException {
        final Path root = Files.createDirectory(folder.resolve("run"));
        final Path other = Files.createDirectory(folder.resolve("other"));

        assertThatThrownBy(() -> Detachment.of(new InstanceDirectory(root), name))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("'" + name + "'");

        assertThat(root).isEmptyDirectory();
        assertThat(other).isEmptyDirectory();
    }

    @Test
    void shouldFindNothingWhereThereIsNothing() {
        assertThat(Detachment.of(new InstanceDirectory(folder), "edge1")).isFalse();
    }
}
