package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.fastpath.config.ConfigWarnings;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.Problem;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastpath check}. */
@Command(
        name = "check",
        header = "Validate a configuration without touching anything.",
        description = {
            "",
            "Reads the file, checks every value and prints what it means; or all of its errors, each with file, line,",
            "key, value and what is allowed, and ends with 1. Warnings don't change the exit code.",
            ""
        },
        footer = {"", "Example:", "  fastpath check --config edge1.yaml && systemctl restart fastpath@edge1"})
final class CheckCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private ConfigOption config;

    @Mixin
    private JsonOption json;

    CheckCommand(final CommandContext context) {
        this.context = context;
    }

    /**
     * The JSON answer.
     *
     * @param file as given.
     * @param valid whether an instance can run on it.
     * @param problems all errors.
     * @param warnings what is allowed but probably not meant.
     * @param instance name; null where not valid.
     * @param interfaces how many.
     * @param workers how many.
     * @param services how many.
     * @param backends how many.
     * @param flowCapacity connections.
     */
    record Report(
            String file,
            boolean valid,
            List<Problem> problems,
            List<String> warnings,
            String instance,
            int interfaces,
            int workers,
            int services,
            int backends,
            int flowCapacity) {}

    @Override
    public Integer call() throws ConfigException {
        final InstanceConfig loaded;
        try {
            loaded = config.load();
        } catch (final ConfigException ex) {
            if (!json.isGiven()) {
                throw ex;
            }
            context.console()
                    .json(new Report(config.file().toString(), false, ex.problems(), List.of(), null, 0, 0, 0, 0, 0));
            return ExitCode.FAILURE;
        }
        print(loaded, ConfigWarnings.of(loaded));
        return ExitCode.OK;
    }

    private void print(final InstanceConfig loaded, final List<String> warnings) {
        final Report report = new Report(
                config.file().toString(),
                true,
                List.of(),
                warnings,
                loaded.instance(),
                loaded.interfaces().size(),
                loaded.workers().cpus().size(),
                loaded.services().size(),
                loaded.backendCount(),
                loaded.flows().capacity());
        if (json.isGiven()) {
            context.console().json(report);
        } else {
            context.console().lines(ConfigSummary.lines(loaded));
            warnings.forEach(warning -> context.console().line("warning: " + warning));
            context.console().line(report.file() + ": valid");
        }
    }
}
