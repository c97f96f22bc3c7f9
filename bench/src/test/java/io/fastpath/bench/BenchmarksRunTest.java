package io.fastpath.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark for a moment, in this process and with bounds checks on, so that none rots. */
class BenchmarksRunTest {
    private static final OutputFormat QUIET = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);

    @Test
    void shouldRunEveryBenchmark() throws Exception {
        System.setProperty("jmh.ignoreLock", "true"); // measures nothing, so it may run beside others
        final Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .parent(BenchPlan.options(List.of(), true))
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(10))
                        .param("flowCount", "1024")
                        .param("connectionCount", "1024")
                        .param("megabytes", "1")
                        .param("protocol", "tcp", "udp")
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        assertThat(names(results)).containsExactlyInAnyOrderElementsOf(benchmarkNames());
        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result.getPrimaryResult().getScore()).isPositive());
    }

    private static Collection<String> names(final Collection<RunResult> results) {
        return results.stream().map(result -> result.getParams().getBenchmark()).collect(Collectors.toSet());
    }

    private static Collection<String> benchmarkNames() {
        return BenchmarkList.defaultList().getAll(QUIET, List.of()).stream()
                .map(BenchmarkListEntry::getUsername)
                .collect(Collectors.toSet());
    }
}
