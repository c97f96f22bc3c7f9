package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that runs beside the lab until it is stopped; all it prints goes to a file. Any thread; failures are {@link
 * LabException}.
 */
public final class ChildProcess implements AutoCloseable {
    /** A Java process with its tables to write back ends within this, or it hangs. */
    private static final long STOP_LIMIT_MS = 15_000;

    private static final int LOG_END_LENGTH = 2_000;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildProcess(final String name, final Process process, final Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Start a process.
     *
     * @param name for messages.
     * @param words of the command; should replace itself ({@code exec}) where it starts others, so that a signal arrives.
     * @param log file for its standard output and standard error; replaced.
     * @return the process; the caller closes it.
     */
    public static ChildProcess start(final String name, final List<String> words, final Path log) {
        try {
            final Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(log.toFile())
                    .start();
            return new ChildProcess(name, process, log);
        } catch (final IOException ex) {
            throw new LabException(name + ": " + String.join(" ", words) + ": " + ex.getMessage(), ex);
        }
    }

    /** {@return the process's id} */
    public long pid() {
        return process.pid();
    }

    /** {@return whether the process runs, or is held} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Check that the process runs.
     *
     * @throws LabException with its exit code and the end of its log if it doesn't.
     */
    public void checkAlive() {
        if (!process.isAlive()) {
            throw new LabException(name + " ended with exit code " + process.exitValue() + ": " + logEnd());
        }
    }

    /** {@return the last 2,000 characters of what it printed} */
    public String logEnd() {
        try {
            final String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - LOG_END_LENGTH)).strip();
        } catch (final IOException ex) {
            return "(" + log + ": " + ex.getMessage() + ')';
        }
    }

    /**
     * End the process by SIGTERM, and wait for it.
     *
     * @return its exit code.
     * @throws LabException if it doesn't end within 15 s; it is killed then.
     */
    public int stop() {
        process.destroy();
        return awaitEnd();
    }

    /**
     * Wait for the process to end.
     *
     * @return its exit code.
     * @throws LabException if it doesn't end within 15 s; it is killed then.
     */
    public int awaitEnd() {
        try {
            if (!process.waitFor(STOP_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new LabException(
                        name + " did not end within " + STOP_LIMIT_MS + " ms and was killed: " + logEnd());
            }
            return process.exitValue();
        } catch (final InterruptedException ex) {
            process.destroyForcibly();
            throw LabException.interrupted(name + " to end", ex);
        }
    }

    /** End the process by SIGKILL, as a crash does, and wait for that. */
    public void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (final InterruptedException ex) {
            throw LabException.interrupted(name + " to end", ex);
        }
    }

    /**
     * {@link #stop()}; nothing happens if it has ended.
     *
     * @throws LabException as there.
     */
    @Override
    public void close() {
        stop();
    }
}
