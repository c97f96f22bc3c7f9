package io.fastpath.fastpath.decap;

import io.fastpath.kernelbpf.decap.DecapCounter;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Decapsulates until the process is told to end (SIGTERM, SIGINT), and then takes the program off. */
public final class DecapForeground {
    private static final int POLL_MS = 200;
    private static final long END_LIMIT_S = 10;

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean ending;

    /**
     * Runs to the end; returns only by an exception: a signal ends the process, with exit code 0.
     *
     * @param options what and where
     * @param started is told once the program is attached
     * @param ended is told the counts once the program is off
     */
    public void run(
            final DecapOptions options,
            final Consumer<Decapsulator> started,
            final Consumer<Map<DecapCounter, Long>> ended) {
        try (Decapsulator decapsulator = Decapsulator.attach(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::end, "fastpath-end"));
            started.accept(decapsulator);
            while (!ending) {
                decapsulator.poll(POLL_MS);
            }
            ended.accept(decapsulator.counts());
        } finally {
            over.countDown();
        }
        awaitHalt();
    }

    /** The virtual machine would answer a signal with 128 + its number even after a clean end. */
    private void end() {
        ending = true;
        int exitCode = 1;
        try {
            exitCode = over.await(END_LIMIT_S, TimeUnit.SECONDS) ? 0 : 1;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private static void awaitHalt() {
        try {
            new CountDownLatch(1).await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
