package io.fastpath.bench.report;

import java.io.PrintStream;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/**
 * A line per benchmark, printed when it ends: name, parameters, average time, that of
 * the best iteration, allocation, memory. What JMH says else is left out
 * but for failures and what the benchmarks' JVM prints, which go to another stream.
 */
public final class TableFormat implements OutputFormat {
    private static final String ALLOCATION_LABEL = "gc.alloc.rate.norm";
    private static final String ROW = "%-28s %-41s %10s %10s %-2s %11s %8s%n";

    private final String environment;
    private final PrintStream lines;
    private final PrintStream messages;

    /**
     * A table.
     *
     * @param environment that the benchmarks run in, printed first
     * @param lines where to
     * @param messages where to put what is no line
     */
    public TableFormat(final String environment, final PrintStream lines, final PrintStream messages) {
        this.environment = environment;
        this.lines = lines;
        this.messages = messages;
    }

    @Override
    public void startRun() {
        lines.println(environment);
        lines.printf(ROW, "benchmark", "parameters", "time", "best", "", "B/op", "B/entry");
    }

    @Override
    public void endBenchmark(final BenchmarkResult result) {
        if (result == null) {
            return; // it failed: println told why
        }
        final BenchmarkParams params = result.getParams();
        final Result<?> time = result.getPrimaryResult();
        lines.printf(
                ROW,
                shortName(params.getBenchmark()),
                params.getParamsKeys().stream()
                        .map(key -> key + "=" + params.getParam(key))
                        .collect(Collectors.joining(" ")),
                number(time.getScore()),
                number(time.getStatistics().getMin()),
                time.getScoreUnit().replace("/op", ""),
                secondary(result, ALLOCATION_LABEL, "%.3f"),
                secondary(result, MemoryProfiler.LABEL, "%.0f"));
        lines.flush();
    }

    @Override
    public void println(final String text) {
        if (!text.isBlank() && !text.startsWith("#")) {
            messages.println(text);
        }
    }

    @Override
    public void print(final String text) {
        println(text);
    }

    @Override
    public void write(final int octet) {
        messages.write(octet);
    }

    @Override
    public void write(final byte[] octets) {
        messages.write(octets, 0, octets.length);
    }

    @Override
    public void flush() {
        lines.flush();
    }

    @Override
    public void close() {
        flush();
    }

    @Override
    public void endRun(final Collection<RunResult> results) {}

    @Override
    public void startBenchmark(final BenchmarkParams params) {}

    @Override
    public void iteration(final BenchmarkParams params, final IterationParams iteration, final int number) {}

    @Override
    public void iterationResult(
            final BenchmarkParams params,
            final IterationParams iteration,
            final int number,
            final IterationResult result) {}

    @Override
    public void verbosePrintln(final String text) {}

    /** Class and method, without the package. */
    private static String shortName(final String benchmark) {
        final int method = benchmark.lastIndexOf('.');
        return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
    }

    private static String secondary(final BenchmarkResult result, final String label, final String format) {
        final var results = result.getSecondaryResults();
        return results.containsKey(label)
                ? String.format(Locale.ROOT, format, results.get(label).getScore())
                : "";
    }

    private static String number(final double value) {
        return String.format(Locale.ROOT, "%,.2f", value);
    }
}
