package io.fastpath.perflab;

import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.perflab.compare.CompareCommand;
import io.fastpath.perflab.engine.EngineCommand;
import io.fastpath.perflab.faults.FaultsCommand;
import io.fastpath.perflab.throughput.ThroughputCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code lab} with its subcommands; needs root. Exit codes: 0 done, 1 failed, 2 wrong arguments. */
@Command(
        name = "lab",
        description = "Measures fastpath beside its peers on this machine, in network namespaces of its own.",
        mixinStandardHelpOptions = true,
        subcommands = {ThroughputCommand.class, EngineCommand.class, FaultsCommand.class, CompareCommand.class})
public final class PerfLab {
    private PerfLab() {}

    /**
     * Run a subcommand and exit.
     *
     * @param args its name and options.
     */
    public static void main(final String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new PerfLab()).setExecutionExceptionHandler((failure, commandLine, parsed) -> {
            if (failure instanceof LabException
                    || failure instanceof NativeException
                    || failure instanceof IllegalArgumentException) {
                commandLine.getErr().println("lab: " + failure.getMessage());
                return commandLine.getCommandSpec().exitCodeOnExecutionException();
            }
            throw failure;
        });
    }
}
