package io.fastpath.fastpath.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The balancer as an operator starts it: {@code bin/fastpath run --config FILE} in its namespace, a process of its own.
 * Its log goes to a file.
 */
public final class BalancerProcess implements AutoCloseable {
    private static final long START_LIMIT_MS = 60_000;
    private static final long POLL_MS = 20;
    private static final String READY = " ready: "; // a refused one is "already running"

    private final ChildProcess process;

    private BalancerProcess(final ChildProcess process) {
        this.process = process;
    }

    /**
     * Starts a balancer and waits until its log says that it forwards.
     *
     * @param fastpath command that is fastpath: {@code bin/fastpath}, or a Java command with a class path
     * @param namespace of the balancer
     * @param config its configuration file
     * @param log file for what it prints
     * @return the process, to be closed
     * @throws LabException when it ends early or takes too long; the text holds the log's end
     */
    public static BalancerProcess start(
            final List<String> fastpath, final String namespace, final Path config, final Path log) {
        return launch(fastpath, "run", namespace, config, log);
    }

    /**
     * Starts a balancer that takes over from the one that runs, and waits until its log says that it forwards.
     *
     * @param fastpath command that is fastpath, as for {@link #start}
     * @param namespace of the balancer
     * @param config its configuration file
     * @param log file for what it prints
     * @return the process, to be closed; the other one has ended or is about to
     * @throws LabException when it ends early or takes too long; the text holds the log's end
     */
    public static BalancerProcess upgrade(
            final List<String> fastpath, final String namespace, final Path config, final Path log) {
        return launch(fastpath, "upgrade", namespace, config, log);
    }

    private static BalancerProcess launch(
            final List<String> fastpath,
            final String command,
            final String namespace,
            final Path config,
            final Path log) {
        final List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(fastpath);
        words.addAll(List.of(command, "--config", config.toString()));
        final BalancerProcess balancer = new BalancerProcess(ChildProcess.start("the balancer", words, log));
        try {
            balancer.awaitReady();
            return balancer;
        } catch (final LabException e) {
            balancer.close();
            throw e;
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
        return process.stop();
    }

    /**
     * Waits for an end that something else brings about.
     *
     * @return its exit code
     * @throws LabException when it does not end in time; it is killed then
     */
    public int awaitEnd() {
        return process.awaitEnd();
    }

    /** Holds it where it is, as a debugger does, by SIGSTOP. */
    public void suspend() {
        Shell.run("kill", "-STOP", Long.toString(pid()));
    }

    /** Lets it go on, by SIGCONT. */
    public void resume() {
        Shell.run("kill", "-CONT", Long.toString(pid()));
    }

    /** Ends it as a crash does, by SIGKILL, and waits for that. */
    public void kill() {
        process.kill();
    }

    /** Ends it if it still runs, also if it is held: a held process does not see a SIGTERM. */
    @Override
    public void close() {
        if (process.isAlive()) {
            resume();
        }
        process.close();
    }

    /**
     * What it logged last.
     *
     * @return up to 2,000 characters
     */
    public String logEnd() {
        return process.logEnd();
    }

    private void awaitReady() {
        final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_LIMIT_MS);
        while (!logEnd().contains(READY)) {
            process.checkAlive();
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
            throw LabException.interrupted("the balancer to be ready", e);
        }
    }
}
