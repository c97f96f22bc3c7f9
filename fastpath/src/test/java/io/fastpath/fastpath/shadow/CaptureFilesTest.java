package io.fastpath.fastpath.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many captures there are, and how long they stay. */
class CaptureFilesTest {
    private static final byte[] FRAME = new byte[60];

    @TempDir
    private Path runDirectory;

    @Test
    void shouldGoOnAfterThoseOfAnEarlierProcess() throws IOException {
        final Path folder = CaptureFiles.folder(runDirectory);
        assertThat(new CaptureFiles(folder).write(0, FRAME)).hasFileName("mismatch-0001.pcap");
        final CaptureFiles later = new CaptureFiles(folder);
        for (int i = 2; i <= CaptureFiles.LIMIT; i++) {
            assertThat(later.write(0, FRAME)).hasFileName("mismatch-%04d.pcap".formatted(i));
        }
        assertThat(later.write(0, FRAME)).as("one too many").isNull();
    }

    @Test
    void shouldWriteNanosecondsAfterTheSecond() throws IOException {
        final Path file =
                new CaptureFiles(CaptureFiles.folder(runDirectory)).write(1_234_567_890_999_999_999L, FRAME, FRAME);
        final byte[] bytes = Files.readAllBytes(file);
        final ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        assertThat(bytes).hasSize(24 + 2 * (16 + FRAME.length));
        assertThat(words.getInt(24)).isEqualTo(1_234_567_890);
        assertThat(words.getInt(28)).isEqualTo(999_999_999);
        assertThat(words.getInt(24 + 16 + FRAME.length))
                .as("the second frame's")
                .isEqualTo(1_234_567_891);
    }

    @Test
    void shouldRemoveThemAndNothingElse() throws IOException {
        final Path other = Files.createFile(runDirectory.resolve("other"));
        new CaptureFiles(CaptureFiles.folder(runDirectory)).write(0, FRAME);
        CaptureFiles.remove(runDirectory);
        assertThat(runDirectory).isDirectoryContaining(other::equals);
        assertThat(CaptureFiles.folder(runDirectory)).doesNotExist();
        CaptureFiles.remove(runDirectory);
    }
}
