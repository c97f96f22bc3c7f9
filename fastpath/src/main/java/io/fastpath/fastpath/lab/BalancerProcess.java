package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The balancer as an operator starts it: {@code bin/fastpath run --config FILE} in its namespace, a process of its own.
 * Its log goes to a file.
 */
public final class BalancerProcess implements AutoCloseable {
    private static final long START_LIMIT_MS = 30_000;
    private static final long STOP_LIMIT_MS = 15_000;
    private static final long POLL_MS = 20;
    private static final String READY = " ready: "; // a refused one is "already running"

    private final Process process;
    private final Path log;

    private BalancerProcess(final Process process, final Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a balancer and waits until its log says that it forwards.
     *
     * @param fastpath command that is fastpath: {@code bin/fastpath}, or a Java command with a class path
     * @param namespace of the balancer
     * @param config its configuration file
     * @param log file for its standard error
     * @return the process, to be closed
     * @throws LabException when it ends early or takes too long; the text holds the log's end
     */
    public static BalancerProcess start(
            final List<String> fastpath, final String namespace, final Path config, final Path log) {
        try {
            final List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
            words.addAll(fastpath);
            words.addAll(List.of("run", "--config", config.toString()));
            final Process process = new ProcessBuilder(words)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(log.toFile())
                    .start();
            final BalancerProcess balancer = new BalancerProcess(process, log);
            boolean ready = false;
            try {
                balancer.awaitReady();
                ready = true;
            } finally {
                if (!ready) {
                    process.destroy();
                }
            }
            return balancer;
        } catch (final IOException e) {
            throw new LabException(fastpath + ": " + e.getMessage(), e);
        }
    }

    /**
     * The process's id: that of the balancer itself, since launcher and {@code ip} replace themselves by it.
     *
     * @return the id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Ends it as an operator does, by SIGTERM.
     *
     * @return its exit code; 0 for a clean end
     * @throws LabException when it does not end in time; it is killed then
     */
    public int stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new LabException("the balancer did not end within " + STOP_LIMIT_MS
                        + " ms of SIGTERM; its log ends: " + logEnd());
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    /** Ends it as a crash does, by SIGKILL, and waits for that. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it if it still runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }

    /**
     * What it logged last.
     *
     * @return up to 2,000 characters
     */
    public String logEnd() {
        try {
            final String text = Files.readString(log, StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - 2_000)).strip();
        } catch (final IOException e) {
            return log + ": " + e.getMessage();
        }
    }

    private void awaitReady() {
        final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_LIMIT_MS);
        while (!logEnd().contains(READY)) {
            if (!process.isAlive()) {
                throw new LabException(
                        "the balancer ended with exit code " + process.exitValue() + "; it said: " + logEnd());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LabException(
                        "the balancer was not ready after " + START_LIMIT_MS + " ms; its log ends: " + logEnd());
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
