package io.fastpath.bench;

import io.fastpath.bench.report.MemoryProfiler;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** How long and how the benchmarks run. Pure functions. */
final class BenchPlan {
    /** From this version on the JDK warns of native access that was not allowed, and of sun.misc.Unsafe, which JMH uses. */
    private static final int FIRST_WARNING_JDK = 24;

    private BenchPlan() {}

    /**
     * The settings of a run.
     *
     * @param patterns of names; none for all
     * @param quick whether to sacrifice sizes and precision to time
     */
    static Options options(final List<String> patterns, final boolean quick) {
        final ChainedOptionsBuilder options = new OptionsBuilder()
                .forks(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.NORMAL)
                .addProfiler(GCProfiler.class)
                .addProfiler(MemoryProfiler.class)
                .jvmArgs(jvmFlags(Runtime.version().feature()).toArray(String[]::new));
        patterns.forEach(options::include);
        return (quick ? quick(options) : full(options)).build();
    }

    /**
     * The flags of the benchmarks' JVM: production's, but for a larger heap, which the maps on the heap need.
     *
     * @param javaVersion of the JVM that they are for
     */
    static List<String> jvmFlags(final int javaVersion) {
        final List<String> flags = new ArrayList<>(List.of(
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Dagrona.disable.bounds.checks=true",
                "-XX:+UseSerialGC",
                "-XX:+PerfDisableSharedMem",
                "-Xms2g",
                "-Xmx2g"));
        if (javaVersion >= FIRST_WARNING_JDK) {
            flags.add("--enable-native-access=ALL-UNNAMED");
            flags.add("--sun-misc-unsafe-memory-access=allow");
        }
        return flags;
    }

    /** Many short iterations: the best of them shows what is possible, however loaded the machine is. */
    private static ChainedOptionsBuilder full(final ChainedOptionsBuilder options) {
        return options.warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(20)
                .measurementTime(TimeValue.milliseconds(250));
    }

    /** One JVM for each: that is where the time goes, so every benchmark, but not every variant of it. */
    private static ChainedOptionsBuilder quick(final ChainedOptionsBuilder options) {
        return options.warmupIterations(2)
                .warmupTime(TimeValue.milliseconds(200))
                .measurementIterations(8)
                .measurementTime(TimeValue.milliseconds(50))
                .param("flowCount", "1024", "1048576")
                .param("protocol", "tcp")
                .param("packet", "tcp4")
                .param("connectionCount", "65536")
                .param("megabytes", "256")
                .param("backendCount", "100");
    }
}
