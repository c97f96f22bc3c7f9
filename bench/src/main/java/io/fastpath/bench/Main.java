package io.fastpath.bench;

import io.fastpath.bench.report.TableFormat;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code bench}. A line per benchmark as it ends, on standard output, or all of them as JSON at the end. Exit
 * code 0 if all benchmarks ran, 1 if one failed, 2 for wrong usage.
 */
@Command(
        name = "bench",
        description = "Measures the parts of fastpath and the whole pipeline, without a kernel, by JMH.",
        footer = {
            "",
            "Times are per packet, look-up, connection, descriptor or table: the average,",
            "and that of the best iteration, which other load on the machine disturbed",
            "least. B/op is what is allocated on the heap. All together needs 4 GB of",
            "memory and a quarter of an hour."
        })
public final class Main implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this.")
    private boolean help;

    @Option(
            names = "--quick",
            description = "Everything in under two minutes: fewer sizes, short iterations, hence rough numbers.")
    private boolean quick;

    @Option(names = "--json", description = "Print JMH's JSON when all is done; lines go to standard error meanwhile.")
    private boolean json;

    @Parameters(
            paramLabel = "REGEX",
            description =
                    "Only benchmarks whose name matches one of these, for example Pipeline or FlowLookupBench.one.")
    private List<String> patterns = List.of();

    private Main() {}

    /**
     * Runs the command.
     *
     * @param arguments see {@code --help}
     */
    public static void main(final String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() {
        final TableFormat table = new TableFormat(environment(), json ? System.err : System.out, System.err);
        try {
            final Collection<RunResult> results = new Runner(BenchPlan.options(patterns, quick), table).run();
            if (json) {
                ResultFormatFactory.getInstance(ResultFormatType.JSON, System.out)
                        .writeOut(results);
            }
            System.err.println("at the end: " + load());
            return CommandLine.ExitCode.OK;
        } catch (final NoBenchmarksException e) {
            System.err.println("bench: no benchmark's name matches " + patterns);
            return CommandLine.ExitCode.USAGE;
        } catch (final RunnerException e) {
            System.err.println("bench: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static String environment() {
        return "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + ", " + load();
    }

    private static String load() {
        final var system = ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                "load average %.1f on %d CPUs", system.getSystemLoadAverage(), system.getAvailableProcessors());
    }
}
