package io.fastpath.perflab.faults;

import io.fastpath.fastpath.lab.Fault;
import io.fastpath.fastpath.lab.LabStage;
import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.environment.JsonLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lab faults}: what faults cost a stream of datagrams. Owned by one thread. */
@Command(
        name = "faults",
        description = {
            "Measures what a fault of the balancer costs a constant stream of datagrams: loss, longest gap, reordering, one-way"
                    + " latency. A balancer for each engine and fault, one after the other; sender and receiver have real-time"
                    + " priority where the machine grants it.",
            "Exit code 0 if all was measured, whatever it is; 1 if something failed."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false)
public final class FaultsCommand implements Callable<Integer> {
    private static final String NONE = "none";
    private static final String HEADER = String.format(
            Locale.ROOT,
            "%n%-10s %-9s %8s %5s %9s  %7s %7s %12s  %7s %7s %7s %7s %9s  %s",
            "engine",
            "fault",
            "sent",
            "lost",
            "reordered",
            "gap ms",
            "loss ms",
            "at fault ms",
            "p50 us",
            "p99",
            "p99.9",
            "p99.99",
            "max",
            "by Java, by the kernel; dropped; CPU pressure");

    @Option(
            names = "--engines",
            split = ",",
            defaultValue = "userspace,hybrid,kernel",
            description = "placements, as in the configuration")
    private List<String> engines;

    @Option(
            names = "--faults",
            split = ",",
            defaultValue = "none,kill,stop,gc,overload,upgrade",
            description = "what befalls the balancer")
    private List<String> faultNames;

    @Option(names = "--rate", defaultValue = "1000", description = "datagrams per second")
    private int packetsPerSecond;

    @Option(names = "--cycles", defaultValue = "3", description = "times that the fault comes and goes")
    private int cycles;

    @Option(names = "--fault-ms", defaultValue = "2000", description = "how long it lasts")
    private long faultMs;

    @Option(names = "--rest-ms", defaultValue = "2000", description = "time before it, and after it")
    private long restMs;

    @Option(
            names = "--launcher",
            defaultValue = "${sys:fastpath.launcher:-bin/fastpath}",
            description = "what starts the balancer")
    private Path launcher;

    @Option(names = "--json", description = "print JSON lines")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final List<Optional<Fault>> faults =
                faultNames.stream().map(FaultsCommand::fault).toList();
        final FaultPlan plan = new FaultPlan(packetsPerSecond, cycles, faultMs, restMs);
        print("environment", Environment.read(launcher.toAbsolutePath().getParent(), "veth pairs and a bridge"));
        try (LabStage stage = LabStage.build("fpfaults", FaultMeasurement.BACKENDS, sentence -> {})) {
            final FaultMeasurement measurement = new FaultMeasurement(stage, launcher.toAbsolutePath(), plan);
            for (final Optional<Fault> fault : faults) {
                for (final String engine : engines) {
                    print("fault", measurement.run(engine, fault));
                }
            }
        }
        return 0;
    }

    private static Optional<Fault> fault(final String name) {
        if (name.equals(NONE)) {
            return Optional.empty();
        }
        return Optional.of(Fault.of(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no fault is called " + name + "; there are " + NONE + " and " + List.of(Fault.values()))));
    }

    private void print(final String kind, final Object value) {
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonLine.of(kind, value));
        } else {
            out.println(value instanceof FaultRow row ? text(row) : ((Environment) value).inWords() + HEADER);
        }
        out.flush();
    }

    /** Median and maximum. */
    private static String atFault(final List<Double> gapsMs) {
        final double[] sorted =
                gapsMs.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return String.format(Locale.ROOT, "%.2f..%.2f", sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }

    private static String text(final FaultRow row) {
        return String.format(
                Locale.ROOT,
                "%-10s %-9s %8d %5d %9d  %7.2f %7.2f %12s  %7.0f %7.0f %7.0f %7.0f %9.0f  %s; %s; %.0f %%",
                row.engine(),
                row.fault(),
                row.datagrams().sent(),
                row.datagrams().lost(),
                row.datagrams().reordered(),
                row.datagrams().longestGapMs(),
                row.datagrams().longestLossMs(),
                atFault(row.gapsAtFaultMs()),
                row.datagrams().p50Us(),
                row.datagrams().p99Us(),
                row.datagrams().p999Us(),
                row.datagrams().p9999Us(),
                row.datagrams().maxUs(),
                row.packets().values(),
                row.drops().isEmpty() ? "none" : row.drops(),
                100 * row.cpuPressure());
    }
}
