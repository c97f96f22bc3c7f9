package io.fastpath.fastpath.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code fastpath} itself. */
@Command(
        name = "fastpath",
        header = "A load balancer on AF_XDP and Java.",
        description = {"", "fastpath COMMAND --help explains a command.", ""},
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = VersionProvider.class,
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, and all is well",
            "1:it failed, or the answer is no; one line on stderr says why",
            "2:the command line is wrong",
            "3:there is no such running instance, or not exactly one to choose",
            "4:doctor: fastpath will run, but something should be changed"
        },
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            UpgradeCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            EngineCommand.class,
            PrefilterCommand.class,
            ServicesCommand.class,
            BackendsCommand.class,
            DrainCommand.class,
            FlowsCommand.class,
            CountersCommand.class,
            ExplainCommand.class,
            DoctorCommand.class,
            DetachCommand.class,
            DecapCommand.class,
            ReplayCommand.class,
            LauncherCommand.TestCommand.class,
            LauncherCommand.BenchCommand.class,
            LauncherCommand.LabCommand.class
        })
final class RootCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    private boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of a failure.")
    private boolean debug;

    @Spec
    private CommandSpec spec;

    /** {@return whether stack traces are wanted} */
    boolean isDebug() {
        return debug;
    }

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a COMMAND is missing");
    }
}
