package io.fastpath.fastpath.shadow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Mismatches as capture files, one each: the frame as it came in, as Java sent it, as the kernel engine would have. At
 * most {@link #LIMIT} in a folder, those of earlier processes included, since the first ones tell the most: together less
 * than 200 KiB. One thread.
 *
 * <p>The format is pcap with nanoseconds (draft-ietf-opsawg-pcap): a file header of 24 bytes, then per frame a header of 16
 * and its bytes, in this machine's order. The three frames are a nanosecond apart, so that sorting keeps them in order.
 */
public final class CaptureFiles {
    /** Files in a folder. */
    static final int LIMIT = 16;

    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int VERSION = 2 | 4 << Short.SIZE;
    private static final int SNAP_LENGTH = 65_535;
    private static final int LINK_TYPE_ETHERNET = 1;
    private static final int FILE_HEADER_LENGTH = 24;
    private static final int FRAME_HEADER_LENGTH = 16;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

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

    private static byte[] bytes(final long wallNs, final byte[]... frames) {
        int length = FILE_HEADER_LENGTH;
        for (final byte[] frame : frames) {
            length += FRAME_HEADER_LENGTH + frame.length;
        }
        final ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        file.putInt(MAGIC_NANOSECONDS)
                .putInt(VERSION)
                .putLong(0)
                .putInt(SNAP_LENGTH)
                .putInt(LINK_TYPE_ETHERNET);
        long frameNs = wallNs;
        for (final byte[] frame : frames) {
            file.putInt((int) (frameNs / SECOND_NS)).putInt((int) (frameNs % SECOND_NS));
            file.putInt(frame.length).putInt(frame.length).put(frame);
            frameNs++;
        }
        return file.array();
    }
}
