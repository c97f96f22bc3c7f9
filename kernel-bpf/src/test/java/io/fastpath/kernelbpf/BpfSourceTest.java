package io.fastpath.kernelbpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The caps on the size of rooms, for the C side, which checkstyle doesn't see. */
class BpfSourceTest {
    private static final int FUNCTION_LINE_LIMIT = 70;
    private static final int FILE_LINE_LIMIT = 250;

    @Test
    void shouldKeepFilesAndFunctionsShort() throws IOException {
        final List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of("src/main/bpf"))) {
            sources = files.filter(path -> path.toString().matches(".*\\.[ch]")).toList();
        }
        assertThat(sources).isNotEmpty();
        for (final Path source : sources) {
            final List<String> lines = Files.readAllLines(source);
            assertThat(lines).as("%s", source).hasSizeLessThanOrEqualTo(FILE_LINE_LIMIT);
            int start = 0;
            for (int i = 0; i < lines.size(); i++) {
                start = lines.get(i).equals("{") ? i : start;
                if (lines.get(i).equals("}")) {
                    assertThat(i - start).as("%s:%d", source, start).isLessThanOrEqualTo(FUNCTION_LINE_LIMIT);
                }
            }
        }
    }
}
