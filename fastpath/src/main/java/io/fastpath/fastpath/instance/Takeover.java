package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceBusyException;
import io.fastpath.fastpath.control.InstanceClaim;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.control.InstanceFinder;
import io.fastpath.fastpath.worker.WarmUp;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an instance over from the process that is it: first whatever can fail without that process, then its end, then
 * its claim. In between, and until this process's workers have their queues, the kernel engine has the traffic. Main
 * thread.
 */
final class Takeover {
    private static final Logger LOGGER = LoggerFactory.getLogger(Takeover.class);

    private static final long ANSWER_LIMIT_MS = 5_000;

    /** A clean end takes well under a second. */
    private static final long END_LIMIT_MS = 10_000;

    private static final long RETRY_MS = 2;

    private final InstanceConfig config;
    private final InstanceDirectory directory;
    private final WarmUp warmUp;

    Takeover(final InstanceConfig config, final InstanceDirectory directory, final WarmUp warmUp) {
        this.config = config;
        this.directory = directory;
        this.warmUp = warmUp;
    }

    /** Whether a process answers that is the instance. */
    boolean isPossible() {
        try {
            return new InstanceFinder(directory).isRunning(config.instance());
        } catch (final ControlException e) {
            throw new InstanceException(e.getMessage(), e);
        }
    }

    /**
     * Does what can be done while the other process works.
     *
     * @throws RuntimeException with one line for the operator if this process could not go on with the instance; the other
     *     one has noticed nothing
     */
    void prepare() {
        new Rehearsal(config, directory).run();
        warmUp.run();
    }

    /**
     * Has the other process end, and waits for its claim.
     *
     * @return the claim
     * @throws InstanceException if the other process refuses, and goes on; or does not end in time
     */
    InstanceClaim claim() {
        askForHandOver();
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_LIMIT_MS);
        while (true) {
            try {
                return directory.claim(config.instance());
            } catch (final InstanceBusyException busy) {
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new InstanceException(
                            busy.getMessage() + " and did not end within " + END_LIMIT_MS / 1000
                                    + " s of the request to hand over: kill it, and the kernel engine carries on until"
                                    + " `fastpath run`",
                            busy);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MS));
            }
        }
    }

    private void askForHandOver() {
        try (ControlClient client = ControlClient.connect(directory.socket(config.instance()), ANSWER_LIMIT_MS)) {
            LOGGER.info("taking {} over from process {}", config.instance(), client.handOver());
        } catch (final ControlException e) {
            if (e.kind() != ControlException.Kind.NOT_RUNNING) {
                throw new InstanceException(
                        "the running process does not hand over: " + e.getMessage()
                                + "; `kill` it, then `fastpath run`",
                        e);
            }
            LOGGER.info("the process that was {} has ended by itself", config.instance());
        }
    }
}
