package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.fastpath.config.ConfigFile;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.doctor.Doctor;
import io.fastpath.fastpath.doctor.DoctorReport;
import io.fastpath.fastpath.doctor.Finding;
import io.fastpath.fastpath.doctor.InterfacePlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fastpath doctor}. */
@Command(
        name = "doctor",
        header = "Tell what this machine allows, what will be used, and what to change.",
        description = {
            "",
            "Looks at kernel, privileges, libraries and memory, and at each interface: driver, queues, MTU, offloads, XDP.",
            "Without IFACE it looks at the configuration's interfaces, or at all. It changes nothing. Ends with 0 if all is",
            "well, with 4 if something should be changed, with 1 if fastpath can't run like this.",
            ""
        },
        footer = {"", "Examples:", "  fastpath doctor eth1", "  fastpath doctor --config edge1.yaml --json"})
final class DoctorCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private JsonOption json;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Judge by what this configuration wants.")
    private Path file;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print warnings and failures only.")
    private boolean quiet;

    @Parameters(arity = "0..*", paramLabel = "IFACE", description = "Interfaces to look at.")
    private List<String> interfaces = List.of();

    DoctorCommand(final CommandContext context) {
        this.context = context;
    }

    /** The JSON answer; verdict is ready, warnings or unable. */
    record Report(String verdict, List<FindingReport> findings, List<InterfacePlan> interfaces) {}

    /** A finding in JSON. */
    record FindingReport(String subject, String check, String level, String fact, String advice) {
        static FindingReport of(final Finding finding) {
            return new FindingReport(
                    finding.subject(), finding.check(), finding.level().label(), finding.fact(), finding.advice());
        }
    }

    @Override
    public Integer call() throws ConfigException {
        final Optional<InstanceConfig> config = file == null ? Optional.empty() : Optional.of(ConfigFile.load(file));
        final DoctorReport report = Doctor.examine(interfaces, config);
        if (json.isGiven()) {
            context.console()
                    .json(new Report(
                            verdict(report),
                            report.findings().stream().map(FindingReport::of).toList(),
                            report.plans()));
        } else {
            context.console().lines(DoctorText.lines(report, quiet));
        }
        return switch (report.worst()) {
            case OK, NOTE -> ExitCode.OK;
            case WARNING -> ExitCode.WARNINGS;
            case FAILURE -> ExitCode.FAILURE;
        };
    }

    private static String verdict(final DoctorReport report) {
        return switch (report.worst()) {
            case OK, NOTE -> "ready";
            case WARNING -> "warnings";
            case FAILURE -> "unable";
        };
    }
}
