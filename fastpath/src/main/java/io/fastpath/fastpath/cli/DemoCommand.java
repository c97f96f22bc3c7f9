package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.demo.FaultDemo;
import io.fastpath.fastpath.lab.Fault;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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
            "",
            "With --fault, 200 connections are held open besides, and carry checksummed data there and back, while the fault",
            "happens in the middle third of the time: the kernel engine steps in. Ends with 0 only if no connection broke.",
            ""
        },
        footer = {"", "Examples:", "  fastpath demo --seconds 5", "  fastpath demo --fault kill --seconds 15"})
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

    @Option(
            names = "--fault",
            paramLabel = "FAULT",
            completionCandidates = Faults.class,
            converter = FaultConverter.class,
            description = "What befalls the balancer meanwhile: ${COMPLETION-CANDIDATES}.")
    private Fault fault;

    DemoCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (seconds < 1 || seconds > SECONDS_LIMIT) {
            throw new CommandException("--seconds " + seconds + " is not in 1-" + SECONDS_LIMIT, ExitCode.USAGE);
        }
        if (fault != null && seconds < FaultDemo.LEAST_SECONDS) {
            throw new CommandException(
                    "--fault needs --seconds " + FaultDemo.LEAST_SECONDS + " or more, not " + seconds, ExitCode.USAGE);
        }
        final Console console = context.console();
        return context.operations().demo(new DemoOptions(seconds, fault, json.isGiven(), console.out(), console.err()));
    }

    /** The names, for the help. */
    static final class Faults implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Fault.values()).map(Fault::label).iterator();
        }
    }

    /** From a name. */
    static final class FaultConverter implements ITypeConverter<Fault> {
        @Override
        public Fault convert(final String text) {
            return Fault.of(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + text + "' is none of " + String.join(", ", new Faults())));
        }
    }
}
