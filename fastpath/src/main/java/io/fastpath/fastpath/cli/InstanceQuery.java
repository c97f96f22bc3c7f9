package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceFinder;
import io.fastpath.fastpath.control.LeftReport;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Mixin;

/** What the commands have in common that ask a running instance: which one, and how. */
final class InstanceQuery {
    private static final long TIMEOUT_MS = TimeUnit.SECONDS.toMillis(10);

    @Mixin
    private HelpOption help;

    @Mixin
    private InstanceOption instance;

    @Mixin
    private JsonOption json;

    /** {@return whether the answer is for a program} */
    boolean isJson() {
        return json.isGiven();
    }

    /** {@return the name given, or null} */
    String name() {
        return instance.name();
    }

    /**
     * {@return a connection to the running instance; the caller closes it}
     *
     * @param context of the command.
     * @throws ControlException if there is no such instance.
     */
    ControlClient connect(final CommandContext context) throws ControlException {
        return connect(context, TIMEOUT_MS);
    }

    /**
     * {@return a connection to the running instance; the caller closes it}
     *
     * @param context of the command.
     * @param timeoutMs how long an answer may take.
     * @throws ControlException if there is no such instance.
     */
    ControlClient connect(final CommandContext context, final long timeoutMs) throws ControlException {
        final String name = new InstanceFinder(context.directory()).running(instance.name());
        return ControlClient.connect(context.directory().socket(name), timeoutMs);
    }

    /**
     * {@return what the instance left that is meant; empty if it runs, or left nothing}
     *
     * @param context of the command.
     * @throws ControlException if that may not be asked.
     */
    Optional<LeftReport> left(final CommandContext context) throws ControlException {
        final InstanceFinder finder = new InstanceFinder(context.directory());
        try {
            final String name = finder.any(instance.name());
            return finder.isRunning(name) ? Optional.empty() : Optional.of(LeftReport.of(context.directory(), name));
        } catch (final ControlException ex) {
            if (ex.kind() == ControlException.Kind.NOT_RUNNING) {
                return Optional.empty(); // who asks for the running one is told
            }
            throw ex;
        }
    }

    /**
     * {@return the answer to a question}
     *
     * @param context of the command.
     * @param command to ask.
     * @throws ControlException if there is no such instance, or it can't answer.
     */
    JsonNode ask(final CommandContext context, final String command) throws ControlException {
        try (ControlClient client = connect(context)) {
            return client.ask(command);
        }
    }
}
