package io.fastpath.fastpath.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernel's text files, below a root that tests replace. Any thread. */
final class HostFiles {
    private final Path root;

    /**
     * @param root {@code /} on a real machine.
     */
    HostFiles(final Path root) {
        this.root = root;
    }

    /**
     * {@return a file's text without the white space around it; empty where it can't be read}
     *
     * @param path absolute.
     */
    Optional<String> text(final String path) {
        try {
            return Optional.of(Files.readString(at(path)).strip());
        } catch (final IOException ex) {
            return Optional.empty();
        }
    }

    /**
     * {@return the rest of the first line that begins with a key}
     *
     * @param path absolute.
     * @param key with its colon.
     */
    Optional<String> field(final String path, final String key) {
        return text(path)
                .flatMap(text -> text.lines()
                        .filter(line -> line.startsWith(key))
                        .map(line -> line.substring(key.length()).strip())
                        .findFirst());
    }

    /**
     * {@return whether there is such a file}
     *
     * @param path absolute.
     */
    boolean exists(final String path) {
        return Files.exists(at(path));
    }

    /**
     * {@return the first line that contains a text}
     *
     * @param path absolute.
     * @param part of the line.
     */
    Optional<String> lineWith(final String path, final String part) {
        try (Stream<String> lines = Files.lines(at(path))) {
            return lines.filter(line -> line.contains(part)).findFirst();
        } catch (final IOException | UncheckedIOException ex) {
            return Optional.empty();
        }
    }

    private Path at(final String path) {
        return root.resolve(path.substring(1));
    }
}
