package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.LeftReport;
import io.fastpath.fastpath.control.PlacementReport;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fastpath engine}. */
@Command(
        name = "engine",
        header = "Show or change who works on packets: Java or the kernel engine.",
        description = {
            "",
            "Without MODE, tells the mode asked for, the mode in force and why, and how many packets each engine took. With",
            "MODE, changes it with the next packet, until it is changed again or the process ends; connections go on, as both",
            "engines work on the same tables. An instance without a process has the kernel engine alone: exit code 3.",
            ""
        },
        footer = {"", "Examples:", "  fastpath engine", "  fastpath engine hybrid --instance edge1"})
final class EngineCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private InstanceQuery query;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODE",
            completionCandidates = Modes.class,
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private String mode;

    EngineCommand(final CommandContext context) {
        this.context = context;
    }

    /** The words for MODE. */
    static final class Modes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(EngineMode.values()).map(EngineMode::label).iterator();
        }
    }

    @Override
    public Integer call() throws ControlException {
        final Optional<LeftReport> left = query.left(context);
        if (left.isPresent()) {
            print(left.get().placement(), left.get().placement());
            final String change = mode == null ? "" : "; its mode can't be changed: `fastpath run` starts one";
            throw new CommandException(
                    "instance " + left.get().instance() + " has no process" + change, ExitCode.NOT_RUNNING);
        }
        final JsonNode answer = ask();
        print(answer, Console.read(answer, PlacementReport.class));
        return ExitCode.OK;
    }

    private JsonNode ask() throws ControlException {
        try (ControlClient client = query.connect(context)) {
            return mode == null ? client.ask("engine") : client.place(mode);
        }
    }

    private void print(final Object json, final PlacementReport placement) {
        if (query.isJson()) {
            context.console().json(json);
        } else {
            context.console().lines(PlacementText.lines(placement));
        }
    }
}
