package io.fastpath.perflab.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.fastpath.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceTreeTest {
    @TempDir
    private Path folder;

    @Test
    void shouldNameThePackagesThatAreMissing() throws IOException {
        Files.createDirectories(folder.resolve("usr/bin"));
        Files.createFile(folder.resolve("usr/bin/gcc"));

        assertThatThrownBy(() -> SourceTree.checkNeeds(folder))
                .isInstanceOf(LabException.class)
                .hasMessageEndingWith("apt-get install clang libbpf-dev libc6-dev libxdp-dev linux-libc-dev");
    }

    @Test
    void shouldQuoteTheCompiler() throws IOException {
        try (SourceTree sources = SourceTree.unpack()) {
            Files.writeString(sources.folder().resolve("wrong.c"), "int main(void) { return missing; }");

            assertThatThrownBy(() -> sources.compileC("wrong"))
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void shouldLeaveNoFilesBehind() {
        final SourceTree sources = SourceTree.unpack();
        assertThat(sources.compileBpf("afxdp_redirect")).exists();

        sources.close();

        assertThat(sources.folder()).doesNotExist();
    }
}
