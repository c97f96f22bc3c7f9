package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the machine's own tools ({@code ip}, {@code ethtool}, compilers), to their end and bounded in time. Any thread. */
public final class Shell {
    /** Compiling takes a second or two on a busy machine; the rest takes milliseconds. */
    private static final long LIMIT_SECONDS = 60;

    private Shell() {}

    /**
     * Runs a command and waits for it.
     *
     * @param words of the command; no shell interprets them
     * @return what it printed, standard error included
     * @throws LabException when it fails or takes too long; the text holds the command and what it printed
     */
    public static String run(final String... words) {
        final Result result = attempt(words);
        if (result.exitCode() != 0) {
            throw new LabException(String.join(" ", words) + ": exit code " + result.exitCode() + ": "
                    + result.output().strip());
        }
        return result.output();
    }

    /**
     * Runs a command and waits for it.
     *
     * @param line the command; its words are parted by single blanks
     * @return what it printed, standard error included
     * @throws LabException as {@link #run}
     */
    public static String runLine(final String line) {
        return run(line.split(" "));
    }

    /**
     * Runs a command that may fail.
     *
     * @param words of the command
     * @return exit code and output (standard output and standard error together)
     * @throws LabException when it can't be started or takes too long
     */
    public static Result attempt(final String... words) {
        Path output = null;
        try {
            output = Files.createTempFile("fastpath-lab", ".out");
            final Process process = new ProcessBuilder(List.of(words))
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LabException(String.join(" ", words) + ": no end after " + LIMIT_SECONDS + " s");
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new LabException(String.join(" ", words) + ": " + e.getMessage(), e);
        } catch (final InterruptedException e) {
            throw LabException.interrupted(String.join(" ", words), e);
        } finally {
            delete(output);
        }
    }

    private static void delete(final Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a command left.
     *
     * @param exitCode 0 for success
     * @param output standard output and standard error
     */
    public record Result(int exitCode, String output) {}
}
