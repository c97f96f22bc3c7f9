package io.fastpath.perflab.compare;

import io.fastpath.perflab.environment.JsonLine;
import io.fastpath.perflab.throughput.Round;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code lab compare}: what became faster or slower between two runs. Exit code 1 if they are not alike. */
@Command(
        name = "compare",
        description =
                "Compares two results of `lab throughput --json`: ratios of packets per second, second to first, with"
                        + " 95 %% confidence intervals.",
        mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
    private record Traffic(String subject, int flowCount, int frameLength) {
        static Traffic of(final Round round) {
            return new Traffic(round.subject(), round.flowCount(), round.frameLength());
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FIRST", description = "file of JSON lines")
    private Path first;

    @Parameters(index = "1", paramLabel = "SECOND", description = "another")
    private Path second;

    @Option(names = "--unlike", description = "compare although the environments differ; the differences are told")
    private boolean unlike;

    @Option(names = "--json", description = "print JSON lines")
    private boolean json;

    @Override
    public Integer call() {
        final Results a = Results.read(first);
        final Results b = Results.read(second);
        final List<String> differences = Unlikeness.between(a.environment(), b.environment());
        if (!differences.isEmpty()) {
            final PrintWriter err = spec.commandLine().getErr();
            err.println("lab: the environments differ (" + first + " / " + second + "):");
            differences.forEach(difference -> err.println("  " + difference));
            if (!unlike) {
                err.println(
                        "lab: figures of unlike environments say nothing about the code; --unlike compares them all the same");
                return 1;
            }
        }
        print(a, b);
        return 0;
    }

    private void print(final Results a, final Results b) {
        final PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.println("commit " + a.environment().commit() + " -> "
                    + b.environment().commit());
        }
        final Map<Traffic, List<Round>> left = byTraffic(a);
        final Map<Traffic, List<Round>> right = byTraffic(b);
        final List<Traffic> lonely = new ArrayList<>();
        left.forEach((traffic, rounds) -> {
            if (right.containsKey(traffic)) {
                final Ratio ratio = Ratio.of(rounds, right.get(traffic));
                out.println(json ? JsonLine.of("ratio", ratio) : ratio.inWords());
            } else {
                lonely.add(traffic);
            }
        });
        right.keySet().stream().filter(traffic -> !left.containsKey(traffic)).forEach(lonely::add);
        lonely.forEach(traffic -> spec.commandLine()
                .getErr()
                .println("lab: in one file alone: " + traffic.subject() + ", " + traffic.flowCount() + " flows, "
                        + traffic.frameLength() + " bytes"));
    }

    private static Map<Traffic, List<Round>> byTraffic(final Results results) {
        return results.rounds().stream()
                .collect(Collectors.groupingBy(Traffic::of, LinkedHashMap::new, Collectors.toList()));
    }
}
