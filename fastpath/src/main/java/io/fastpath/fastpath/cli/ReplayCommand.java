package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.replay.EngineChoice;
import io.fastpath.fastpath.replay.Replay;
import io.fastpath.fastpath.replay.ReplayInput;
import io.fastpath.fastpath.replay.ReplayReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastpath replay}. */
@Command(
        name = "replay",
        header = "Play captures through the engines of a configuration, off line.",
        description = {
            "",
            "Plays pcap or pcapng files, merged by time, through the packet pipeline of --config, at the captures' time.",
            "Links, routes and neighbours are those of its section static. No interface is touched. Writes to --out-dir",
            "a capture per egress interface, packets.jsonl, counters.json and flows.jsonl. Java needs no rights; kernel and",
            "both need root; both ends with 1 at the first packet of which the engines make different things.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  tcpdump -i eth0 -Q in -s 128 -w eth0.pcap",
            "  fastpath replay --config edge1.yaml --in eth0=eth0.pcap --out-dir replayed"
        })
final class ReplayCommand implements Callable<Integer> {
    private static final int SHOWN_DIFFERENCES = 12;

    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private ConfigOption config;

    @Option(
            names = "--in",
            required = true,
            paramLabel = "IFACE=FILE",
            description = "A capture, and the configured interface that it comes in by. May be repeated.")
    private List<String> inputs;

    @Option(
            names = "--out-dir",
            required = true,
            paramLabel = "DIR",
            description = "Where to write to; a new folder or an empty one.")
    private Path folder;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "java",
            description = "java (the default), kernel or both.")
    private String engine;

    @Mixin
    private JsonOption json;

    ReplayCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ConfigException {
        final EngineChoice choice = choice();
        final List<ReplayInput> captures = captures();
        final InstanceConfig loaded = config.load();
        final Console console = context.console();
        final ReplayReport report = new Replay(loaded, captures).run(choice, folder, line -> {
            if (json.isGiven()) {
                console.line(line);
            }
        });
        report.truncated()
                .forEach(name -> console.err()
                        .println("fastpath: " + name
                                + " ends in the middle of a record: what was before it was played"));
        if (!json.isGiven()) {
            print(report);
        }
        if (report.differences().isEmpty()) {
            return ExitCode.OK;
        }
        report.differences().stream().limit(SHOWN_DIFFERENCES).forEach(console.err()::println);
        throw new CommandException(
                "the engines differ (java / kernel); the packet is in "
                        + folder.resolve(Replay.DIFFERENCE_NAME + ".pcap"),
                ExitCode.FAILURE);
    }

    private EngineChoice choice() {
        return switch (engine) {
            case "java" -> EngineChoice.JAVA;
            case "kernel" -> EngineChoice.KERNEL;
            case "both" -> EngineChoice.BOTH;
            default ->
                throw new CommandException(
                        "--engine \"" + engine + "\" is not one of java, kernel, both", ExitCode.USAGE);
        };
    }

    private List<ReplayInput> captures() {
        final List<ReplayInput> captures = new ArrayList<>();
        for (final String input : inputs) {
            final int equals = input.indexOf('=');
            if (equals < 1 || equals == input.length() - 1) {
                throw new CommandException("--in \"" + input + "\" is not IFACE=FILE", ExitCode.USAGE);
            }
            captures.add(new ReplayInput(input.substring(0, equals), Path.of(input.substring(equals + 1))));
        }
        return captures;
    }

    private void print(final ReplayReport report) {
        final Console console = context.console();
        console.line(Quantities.count(report.packets(), "packet") + " played");
        table("VERDICT", report.verdicts());
        table("REASON", report.reasons());
        table("COUNTER", report.counters());
        console.line(Quantities.count(report.flows(), "connection") + " in the table at the end");
    }

    private void table(final String heading, final Map<String, Long> counts) {
        final Table table = new Table(heading, "#COUNT");
        counts.forEach(table::row);
        context.console().lines(table.lines());
    }
}
