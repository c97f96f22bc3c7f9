package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.LeftReport;
import io.fastpath.fastpath.control.StatusReport;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastpath status}. */
@Command(
        name = "status",
        header = "Tell what a running instance is and how it does.",
        description = {
            "",
            "Workers with their cycles, stalls and frames by place; interfaces as they are now, with the mode asked for,",
            "the mode got, and why it is a lesser one; the kernel's statistics of each AF_XDP socket. The flow table is",
            "made for the configured capacity and has slots to spare, so it may hold more connections than that. Of an",
            "instance without a process it tells whether the kernel engine carries on: exit code 3.",
            ""
        },
        footer = {"", "Example:", "  fastpath status --json | jq '.interfaces[] | {name, mode, downgrade}'"})
final class StatusCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private InstanceQuery query;

    StatusCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ControlException {
        final Optional<LeftReport> left = query.left(context);
        if (left.isPresent()) {
            print(left.get());
            throw new CommandException("instance " + left.get().instance() + " has no process", ExitCode.NOT_RUNNING);
        }
        final JsonNode answer = query.ask(context, "status");
        if (query.isJson()) {
            context.console().json(answer);
        } else {
            context.console().lines(StatusText.lines(Console.read(answer, StatusReport.class)));
        }
        return ExitCode.OK;
    }

    private void print(final LeftReport left) {
        if (query.isJson()) {
            context.console().json(left);
        } else {
            context.console().lines(StatusText.lines(left));
        }
    }
}
