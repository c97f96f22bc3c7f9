package io.fastpath.fastpath.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastpath demo}. */
@Command(
        name = "demo",
        header = "Show it: a lab of namespaces, real clients, three real backends.",
        description = {
            "",
            "Builds a client, a balancer and three backends out of network namespaces, starts the balancer as a process of",
            "its own, drives it with HTTP requests (a new connection each) and UDP exchanges, shows what happens, and",
            "removes everything. Ends with 0 only if no request failed. Needs root. Started by the launcher script, it",
            "installs what is missing and builds first, and says so.",
            ""
        },
        footer = {"", "Example:", "  fastpath demo --seconds 5"})
final class DemoCommand implements Callable<Integer> {
    private static final int SECONDS_LIMIT = 3600;

    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private JsonOption json;

    @Option(
            names = {"-s", "--seconds"},
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to drive it (1-3600; default: ${DEFAULT-VALUE}).")
    private int seconds;

    DemoCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (seconds < 1 || seconds > SECONDS_LIMIT) {
            throw new CommandException("--seconds " + seconds + " is not in 1-" + SECONDS_LIMIT, ExitCode.USAGE);
        }
        final Console console = context.console();
        return context.operations().demo(new DemoOptions(seconds, json.isGiven(), console.out(), console.err()));
    }
}
