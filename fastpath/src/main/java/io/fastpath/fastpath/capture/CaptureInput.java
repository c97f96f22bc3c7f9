package io.fastpath.fastpath.capture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file's bytes in order, with the place in them. One thread. */
final class CaptureInput implements AutoCloseable {
    private static final int BUFFER_LENGTH = 1 << 16;

    private final String name;
    private final InputStream stream;
    private long position;

    private CaptureInput(final String name, final InputStream stream) {
        this.name = name;
        this.stream = stream;
    }

    static CaptureInput open(final Path file) {
        if (Files.isDirectory(file)) {
            throw new CaptureException(file + " is a directory, not a capture");
        }
        try {
            return new CaptureInput(
                    file.toString(), new BufferedInputStream(Files.newInputStream(file), BUFFER_LENGTH));
        } catch (final NoSuchFileException e) {
            throw new CaptureException(file + ": there is no such file");
        } catch (final IOException e) {
            throw new UncheckedIOException("can't read " + file + ": " + e.getMessage(), e);
        }
    }

    String name() {
        return name;
    }

    /** Bytes read so far. */
    long position() {
        return position;
    }

    /** So many bytes; null if the file ends before the last of them. */
    ByteBuffer read(final int length) {
        try {
            final byte[] bytes = stream.readNBytes(length);
            position += bytes.length;
            return bytes.length == length ? ByteBuffer.wrap(bytes) : null;
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }

    /** Passes over so many bytes; false if the file ends before the last of them. */
    boolean skip(final long length) {
        try {
            long left = length;
            while (left > 0) {
                final long skipped = stream.skip(left);
                if (skipped <= 0 && stream.read() < 0) {
                    return false;
                }
                final long step = Math.max(1, skipped);
                left -= step;
                position += step;
            }
            return true;
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }

    CaptureException failure(final String text) {
        return new CaptureException(name + ' ' + text);
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }

    private UncheckedIOException unreadable(final IOException e) {
        return new UncheckedIOException("can't read " + name + ": " + e.getMessage(), e);
    }
}
