package io.fastpath.fastpath.replay;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.capture.CaptureWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of a replay. Each is written as NAME.part and gets its name when all are whole; a replay that fails removes
 * them, and one that is killed leaves parts. One thread.
 */
final class ReplayOutput implements AutoCloseable {
    private static final String PART = ".part";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path folder;
    private final List<Path> files = new ArrayList<>();
    private final Map<String, CaptureWriter> captures = new HashMap<>();
    private final Map<String, BufferedWriter> texts = new HashMap<>();
    private boolean complete;

    /** Takes a folder that is empty or not there yet. */
    ReplayOutput(final Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            try (Stream<Path> entries = Files.list(folder)) {
                if (entries.findAny().isPresent()) {
                    throw new ReplayException(
                            folder + " is not empty: a replay overwrites nothing; name a new folder, or an empty one");
                }
            }
        } catch (final IOException e) {
            throw failure(folder, e);
        }
    }

    /** Writes a frame, or its beginning, to an interface's capture. */
    void frame(final String interfaceName, final long timeNs, final byte[] frame, final int capturedLength) {
        final String name = interfaceName + ".pcap";
        try {
            CaptureWriter writer = captures.get(name);
            if (writer == null) {
                writer = new CaptureWriter(Files.newOutputStream(begin(name)));
                captures.put(name, writer);
            }
            writer.write(timeNs, frame, capturedLength);
        } catch (final IOException e) {
            throw failure(folder.resolve(name), e);
        }
    }

    /** Writes a value as a line of JSON; answers the line. */
    String line(final String name, final Object value) {
        try {
            final String line = MAPPER.writeValueAsString(value);
            BufferedWriter writer = texts.get(name);
            if (writer == null) {
                writer = Files.newBufferedWriter(begin(name), StandardCharsets.UTF_8);
                texts.put(name, writer);
            }
            writer.write(line);
            writer.write('\n');
            return line;
        } catch (final IOException e) {
            throw failure(folder.resolve(name), e);
        }
    }

    /** All is written: the files get their names. */
    void complete() {
        try {
            closeWriters();
            for (final Path file : files) {
                Files.move(part(file), file, StandardCopyOption.ATOMIC_MOVE);
            }
            complete = true;
        } catch (final IOException e) {
            throw failure(folder, e);
        }
    }

    @Override
    public void close() {
        if (complete) {
            return;
        }
        try {
            closeWriters();
        } catch (final IOException e) {
            // What can't be written is removed now.
        }
        for (final Path file : files) {
            try {
                Files.deleteIfExists(part(file));
                Files.deleteIfExists(file);
            } catch (final IOException e) {
                throw failure(file, e);
            }
        }
    }

    private Path begin(final String name) {
        final Path file = folder.resolve(name);
        files.add(file);
        return part(file);
    }

    private static Path part(final Path file) {
        return file.resolveSibling(file.getFileName() + PART);
    }

    private void closeWriters() throws IOException {
        IOException failure = null;
        final List<AutoCloseable> open = new ArrayList<>(captures.values());
        open.addAll(texts.values());
        captures.clear();
        texts.clear();
        for (final AutoCloseable writer : open) {
            try {
                writer.close();
            } catch (final IOException e) {
                failure = e;
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static ReplayException failure(final Path file, final IOException e) {
        return new ReplayException(
                "can't write " + file + ": " + e.getMessage() + "; nothing of this replay is kept", e);
    }
}
