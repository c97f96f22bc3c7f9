package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.DrainChange;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fastpath drain}. */
@Command(
        name = "drain",
        header = "Have a backend take no new connections, or take them again.",
        description = {
            "",
            "What becomes of the connections it has is the service's `onDrain` and `drainLimit`; `fastpath backends` tells",
            "how many are left. A drain holds beyond the process's end, until it is undone, or `detach`.",
            ""
        },
        footer = {"", "Examples:", "  fastpath drain 10.8.0.11", "  fastpath drain 10.8.0.11:80 --service web --undo"})
final class DrainCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private InstanceQuery query;

    @Parameters(paramLabel = "BACKEND", description = "An address, for all its ports; or ADDRESS:PORT, [ADDRESS]:PORT.")
    private String backend;

    @Option(names = "--service", paramLabel = "NAME", description = "Only as a backend of this service.")
    private String service;

    @Option(
            names = "--undo",
            description = "Have it take new connections again, with `slowStart` if the service has that.")
    private boolean isUndone;

    DrainCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ControlException {
        try (ControlClient client = query.connect(context)) {
            final JsonNode answer = client.drain(new DrainChange(backend, service, isUndone));
            if (query.isJson()) {
                context.console().json(answer);
            } else {
                answer.path("backends")
                        .forEach(each -> context.console()
                                .line(each.asText() + (isUndone ? ": takes new connections" : ": draining")));
            }
        }
        return ExitCode.OK;
    }
}
