package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.CountersReport;
import io.fastpath.fastpath.control.InstanceFinder;
import io.fastpath.fastpath.control.PinnedTables;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastpath counters}. */
@Command(
        name = "counters",
        header = "Print what an instance counted, drops by reason.",
        description = {
            "",
            "Sums over all CPUs and workers since the tables were made. Also works for an instance whose process is dead:",
            "then its pinned maps are read.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  fastpath counters",
            "  fastpath counters --json | jq '.counters | with_entries(select(.key | startswith(\"drop_\")))'"
        })
final class CountersCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private InstanceQuery query;

    @Option(
            names = {"-a", "--all"},
            description = "Print counters that are zero, too.")
    private boolean all;

    CountersCommand(final CommandContext context) {
        this.context = context;
    }

    /**
     * The JSON answer.
     *
     * @param instance its name.
     * @param running whether its process lives.
     * @param counters sums by label.
     * @param kernel the kernel's part.
     * @param userspace the workers' part.
     */
    record Report(
            String instance,
            boolean running,
            Map<String, Long> counters,
            Map<String, Long> kernel,
            Map<String, Long> userspace) {}

    @Override
    public Integer call() throws ControlException {
        final InstanceFinder finder = new InstanceFinder(context.directory());
        final String instance = finder.any(query.name());
        final boolean running = finder.isRunning(instance);
        final CountersReport counters = running ? ofRunning() : ofPinned(instance);
        if (query.isJson()) {
            context.console()
                    .json(new Report(instance, running, counters.counters(), counters.kernel(), counters.userspace()));
            return ExitCode.OK;
        }
        if (!running) {
            context.console().err().println("instance " + instance + " is not running: these are its pinned counters");
        }
        print(counters);
        return ExitCode.OK;
    }

    private CountersReport ofRunning() throws ControlException {
        try (ControlClient client = query.connect(context)) {
            return Console.read(client.ask("counters"), CountersReport.class);
        }
    }

    private CountersReport ofPinned(final String instance) throws ControlException {
        try (PinnedTables pinned = PinnedTables.open(context.directory(), instance)) {
            return CountersReport.of(pinned.tables());
        }
    }

    private void print(final CountersReport counters) {
        final Table table = new Table("COUNTER", "#TOTAL", "#KERNEL", "#USERSPACE", "WHAT");
        for (final Counter counter : Counter.values()) {
            final String label = counter.label();
            final long total = counters.counters().getOrDefault(label, 0L);
            if (all || total != 0) {
                table.row(
                        label,
                        total,
                        counters.kernel().getOrDefault(label, 0L),
                        counters.userspace().getOrDefault(label, 0L),
                        counter.sentence());
            }
        }
        context.console().lines(table.lines());
    }
}
