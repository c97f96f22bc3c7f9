package io.fastpath.perflab.environment;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a figure depends on besides the code: goes with every result. Immutable.
 *
 * @param at when the run began, UTC.
 * @param kernel release.
 * @param cpuModel as in {@code /proc/cpuinfo}.
 * @param cpuCount CPUs of this process.
 * @param jdk virtual machine and version; the balancer's too, if the launcher takes the same.
 * @param jvmFlags of the lab's own virtual machine.
 * @param network what the packets went through, in words.
 * @param commit of the source tree, with {@code -dirty} if changed since; {@code unknown} outside one.
 * @param loadAverage of the last minute when the run began.
 */
public record Environment(
        String at,
        String kernel,
        String cpuModel,
        int cpuCount,
        String jdk,
        List<String> jvmFlags,
        String network,
        String commit,
        double loadAverage) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final String UNKNOWN = "unknown";

    /**
     * {@return this machine, now}
     *
     * @param sourceFolder inside the source tree.
     * @param network what the packets go through, in words.
     */
    public static Environment read(final Path sourceFolder, final String network) {
        return new Environment(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                System.getProperty("os.version"),
                readCpuModel(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name") + ' ' + Runtime.version(),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                network,
                describeCommit(sourceFolder),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** {@return a line for people} */
    public String inWords() {
        return String.format(
                Locale.ROOT,
                "%s  Linux %s, %d x %s, %s, %s, commit %s, load %.2f",
                at,
                kernel,
                cpuCount,
                cpuModel,
                jdk,
                network,
                commit,
                loadAverage);
    }

    private static String readCpuModel() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (final IOException ex) {
            return UNKNOWN;
        }
    }

    private static String describeCommit(final Path folder) {
        try {
            final Shell.Result described =
                    Shell.attempt("git", "-C", folder.toString(), "describe", "--always", "--dirty", "--exclude=*");
            return described.exitCode() == 0 ? described.output().strip() : UNKNOWN;
        } catch (final LabException ex) {
            return UNKNOWN; // no git
        }
    }
}
