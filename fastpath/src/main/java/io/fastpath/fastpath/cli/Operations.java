package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.decap.DecapOptions;

/**
 * The commands that do something rather than ask, apart from the command line, so that this can be tested without them.
 * Called on the main thread. A failure is any exception; its message is what people read.
 */
public interface Operations {
    /**
     * Is the balancer, in the foreground, until SIGTERM or SIGINT.
     *
     * @param config checked.
     * @return exit code.
     */
    int run(InstanceConfig config);

    /**
     * Takes an instance over from its running process, and is the balancer then, until SIGTERM or SIGINT.
     *
     * @param config checked.
     * @return exit code.
     */
    int upgrade(InstanceConfig config);

    /**
     * Builds the lab, drives it and removes it.
     *
     * @param options of the command.
     * @return exit code: 0 only if no request failed.
     */
    int demo(DemoOptions options);

    /**
     * Decapsulates, in the foreground, until SIGTERM or SIGINT.
     *
     * @param options of the command.
     * @param json whether the counts at the end are one JSON object.
     * @return exit code.
     */
    int decap(DecapOptions options, boolean json);

    /**
     * Ends an instance's process, if it runs, and removes every trace of it.
     *
     * @param directory of instances.
     * @param instance its name.
     * @return whether there was something to remove.
     */
    boolean detach(InstanceDirectory directory, String instance);
}
