package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.control.InstanceClaim;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.worker.WarmUp;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an instance until the process is told to end (SIGTERM, SIGINT), and ends it cleanly then. */
public final class Foreground {
    private static final Logger LOGGER = LoggerFactory.getLogger(Foreground.class);

    private final InstanceConfig config;
    private final InstanceDirectory directory;
    private final WarmUp warmUp = new WarmUp();
    private Supplier<InstanceClaim> claims;
    private Instance instance;
    private Throwable startFailure;

    /**
     * An instance, not started.
     *
     * @param config checked
     * @param directory of run directories
     */
    public Foreground(final InstanceConfig config, final InstanceDirectory directory) {
        this.config = config;
        this.directory = directory;
        claims = () -> directory.claim(config.instance());
    }

    /**
     * Starts, and returns only by an exception: a signal ends the process, with exit code 0 if it had started and all was
     * given back.
     *
     * @throws RuntimeException with one line for the operator if it can't start
     */
    public void run() {
        runUntilEnd();
    }

    /**
     * Takes over from the process that is the instance, and goes on as {@link #run()} does. Without such a process it is
     * {@link #run()}.
     *
     * @throws RuntimeException with one line for the operator if it can't take over; unless it says otherwise, the other
     *     process goes on as if nothing had been asked
     */
    public void takeOver() {
        final Takeover takeover = new Takeover(config, directory, warmUp);
        if (takeover.isPossible()) {
            takeover.prepare();
            claims = takeover::claim;
        } else {
            LOGGER.info("there is no process to take {} over from", config.instance());
        }
        runUntilEnd();
    }

    private void runUntilEnd() {
        final Thread hook = new Thread(this::end, "fastpath-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            start();
        } catch (final RuntimeException | Error e) {
            if (removeHook(hook)) {
                throw e;
            }
            // A signal came meanwhile: the hook tells the failure, and ends the process.
        }
        awaitForever();
    }

    /** A signal during the start waits for its end, and then ends what was started. */
    private synchronized void start() {
        if (!config.network().isEmpty()) {
            LOGGER.info("static: is for replays; links, routes and neighbours are the kernel's");
        }
        try {
            instance = Instance.start(config, claims, warmUp, Foreground::exit);
        } catch (final RuntimeException | Error e) {
            startFailure = e;
            throw e;
        }
    }

    /** The caller must not wait for the end, which waits for the caller. */
    private static void exit() {
        new Thread(() -> System.exit(0), "fastpath-exit").start();
    }

    private synchronized void end() {
        int exitCode = 0;
        if (startFailure != null) {
            LOGGER.error("{} could not start: {}", config.instance(), startFailure.getMessage());
            exitCode = 1;
        }
        try {
            if (instance != null) {
                LOGGER.info("ending {}", config.instance());
                instance.close();
                LOGGER.info("ended {}", config.instance());
            }
        } catch (final RuntimeException e) {
            LOGGER.error(
                    "not everything could be given back: run `fastpath detach --instance {}`: {}",
                    config.instance(),
                    e.toString());
            LOGGER.debug("failed here", e);
            exitCode = 1;
        }
        // The virtual machine would answer a signal with 128 + its number even after a clean end.
        Runtime.getRuntime().halt(exitCode);
    }

    private static boolean removeHook(final Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            LOGGER.debug("the process is ending already", e);
            return false;
        }
    }

    private static void awaitForever() {
        try {
            new CountDownLatch(1).await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
