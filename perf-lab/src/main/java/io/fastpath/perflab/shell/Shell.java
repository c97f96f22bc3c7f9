package io.fastpath.perflab.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the machine's own tools ({@code ip}, {@code ethtool}, compilers), to their end and bounded in time. Any thread. */
public final class Shell {
    /** Compiling takes a second or two on a busy machine; the rest takes milliseconds. */
    private static final long LIMIT_SECONDS = 60;

    private Shell() {}

    /**
     * Run a command that must succeed.
     *
     * @param words of the command; no shell interprets them.
     * @return what it printed, standard error included.
     * @throws LabException if it can't be started, fails or takes over a minute; the text holds what it printed.
     */
    public static String run(final List<String> words) {
        final Result result = attempt(words);
        if (result.exitCode() != 0) {
            throw new LabException(String.join(" ", words) + ": exit code " + result.exitCode() + ": "
                    + result.output().strip());
        }
        return result.output();
    }

    /**
     * Run a command that must succeed.
     *
     * @param line the command; its words are parted by single blanks.
     * @return what it printed, standard error included.
     * @throws LabException as {@link #run(List)}.
     */
    public static String run(final String line) {
        return run(List.of(line.split(" ")));
    }

    /**
     * Run a command that may fail.
     *
     * @param words of the command; no shell interprets them.
     * @return its exit code, and what it printed.
     * @throws LabException if it can't be started, or takes over a minute.
     */
    public static Result attempt(final List<String> words) {
        try {
            final Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            process.onExit()
                    .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(timeout -> process.destroyForcibly());
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (final IOException ex) {
            throw new LabException(String.join(" ", words) + ": " + ex.getMessage(), ex);
        } catch (final InterruptedException ex) {
            throw LabException.interrupted(words.get(0), ex);
        }
    }

    /**
     * How a command ended.
     *
     * @param exitCode 0 for success; 137 where it took too long and was killed.
     * @param output standard output and standard error, as they came.
     */
    public record Result(int exitCode, String output) {}
}
