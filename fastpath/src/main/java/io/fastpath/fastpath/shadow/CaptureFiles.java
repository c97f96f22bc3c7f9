package io.fastpath.fastpath.shadow;

import io.fastpath.fastpath.capture.CaptureWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Mismatches as capture files, one each: the frame as it came in, as Java sent it, as the kernel engine would have. At
 * most {@link #LIMIT} in a folder, those of earlier processes included, since the first ones tell the most: together less
 * than 200 KiB. One thread.
 *
 * <p>The three frames are a nanosecond apart, so that sorting keeps them in order.
 */
public final class CaptureFiles {
    /** Files in a folder. */
    static final int LIMIT = 16;

    private final Path folder;
    private int count = -1; // not looked yet

    /**
     * Files in a folder, which is made with the first of them.
     *
     * @param folder in a run directory
     */
    CaptureFiles(final Path folder) {
        this.folder = folder;
    }

    /**
     * The folder of captures in a run directory.
     *
     * @param runDirectory of an instance
     * @return its path
     */
    public static Path folder(final Path runDirectory) {
        return runDirectory.resolve("shadow");
    }

    /**
     * Removes an instance's captures.
     *
     * @param runDirectory of the instance
     */
    public static void remove(final Path runDirectory) {
        final Path folder = folder(runDirectory);
        try {
            for (final Path file : files(folder)) {
                Files.delete(file);
            }
            Files.deleteIfExists(folder);
        } catch (final IOException e) {
            throw new UncheckedIOException("can't remove the captures in " + folder, e);
        }
    }

    Path folder() {
        return folder;
    }

    /**
     * Writes the next file.
     *
     * @param wallNs when the first frame came in, nanoseconds since 1970
     * @param frames to write, in their order
     * @return the file; null if there are enough
     * @throws IOException if it can't be written; the next one gets its name
     */
    Path write(final long wallNs, final byte[]... frames) throws IOException {
        if (count < 0) {
            count = files(folder).size();
        }
        if (count >= LIMIT) {
            return null;
        }
        Files.createDirectories(folder);
        final Path file = folder.resolve("mismatch-%04d.pcap".formatted(count + 1));
        Files.write(
                file,
                bytes(wallNs, frames),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        count++;
        return file;
    }

    private static List<Path> files(final Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(file -> file.getFileName().toString().endsWith(".pcap"))
                    .toList();
        } catch (final NoSuchFileException e) {
            return List.of();
        }
    }

    private static byte[] bytes(final long wallNs, final byte[]... frames) throws IOException {
        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (CaptureWriter writer = new CaptureWriter(file)) {
            long frameNs = wallNs;
            for (final byte[] frame : frames) {
                writer.write(frameNs++, frame);
            }
        }
        return file.toByteArray();
    }
}
