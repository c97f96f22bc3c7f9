package io.fastpath.perflab.engine;

import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.environment.JsonLine;
import io.fastpath.perflab.sources.SourceTree;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lab engine}: what a packet costs in the kernel engine. Owned by one thread. */
@Command(
        name = "engine",
        description = {
            "Measures what a packet costs in the kernel engine: the loaded program, run in memory on frames of many flows in"
                    + " random order.",
            "Writing the frame is measured apart and taken off. All work is placed in the kernel; nothing is sent.",
            "Exit code 0 if every packet got the verdict it should; 1 if one did not, or if something failed."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false)
public final class EngineCommand implements Callable<Integer> {
    @Option(names = "--flows", split = ",", defaultValue = "1,1048576", description = "flow counts")
    private List<Integer> flowCounts;

    @Option(names = "--traffic", split = ",", defaultValue = "udp4,tcp4,tcp6", description = "udp4, udp6, tcp4, tcp6")
    private List<String> trafficNames;

    @Option(names = "--kinds", split = ",", defaultValue = "hit,new,miss,answer", description = "kinds of packets")
    private List<String> kinds;

    @Option(names = "--forwarding", defaultValue = "full-nat", description = "full-nat or nat")
    private String forwarding;

    @Option(names = "--rounds", defaultValue = "5", description = "times that each kind of packet is measured")
    private int roundCount;

    @Option(names = "--packets", defaultValue = "1048576", description = "in a round")
    private int packetCount;

    @Option(names = "--cpu", defaultValue = "1", description = "CPU to run on")
    private int cpu;

    @Option(names = "--json", description = "print JSON lines")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final List<CostTraffic> traffics =
                trafficNames.stream().map(this::traffic).toList();
        if (roundCount < 1 || packetCount < 1 || flowCounts.stream().anyMatch(count -> count < 1)) {
            throw new IllegalArgumentException("a measurement needs a round, a packet and a flow at least");
        }
        print("environment", Environment.read(Path.of("").toAbsolutePath(), "BPF_PROG_TEST_RUN, no network"));
        CpuAffinity.pinCurrentThread(cpu);
        try (SourceTree sources = SourceTree.unpack()) {
            final Path object = sources.compileBpf("lab_cost");
            boolean first = true;
            for (final int flowCount : flowCounts) {
                for (final CostTraffic traffic : traffics) {
                    measure(object, traffic, flowCount, first);
                    first = false;
                }
            }
        }
        return 0;
    }

    private void measure(final Path object, final CostTraffic traffic, final int flowCount, final boolean first) {
        try (CostMeasurement measurement = new CostMeasurement(object, traffic, flowCount, roundCount)) {
            if (first) {
                print("program", measurement.size());
            }
            measurement.run(packetCount, kinds).forEach(row -> print("cost", row));
        }
    }

    private CostTraffic traffic(final String name) {
        return Stream.of(Protocol.values())
                .flatMap(protocol ->
                        Stream.of(true, false).map(isIpv4 -> new CostTraffic(protocol, isIpv4, forwarding())))
                .filter(traffic -> traffic.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no traffic is called " + name + "; there are udp4, udp6, tcp4, tcp6"));
    }

    private Forwarding forwarding() {
        return Stream.of(Forwarding.values())
                .filter(mode -> mode.label().equals(forwarding))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no forwarding mode is called " + forwarding));
    }

    private void print(final String kind, final Object value) {
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonLine.of(kind, value));
        } else {
            out.println(text(value));
        }
        out.flush();
    }

    private static String text(final Object value) {
        if (value instanceof Environment environment) {
            return environment.inWords();
        }
        if (value instanceof ProgramSize size) {
            return String.format(
                    Locale.ROOT,
                    "%s: %,d instructions verified (limit %,d), %,d kept, %,d bytes of machine code%n%n%-6s %9s  %-16s %s",
                    size.name(),
                    size.verifiedInstructions(),
                    ProgramSize.VERIFIER_LIMIT,
                    size.translatedInstructions(),
                    size.machineCodeLength(),
                    "flows",
                    "in table",
                    "packet",
                    "ns/packet (range)  frame ns  verdict");
        }
        final CostRow row = (CostRow) value;
        return String.format(
                Locale.ROOT,
                "%-6s %,9d  %-16s %5.0f (%.0f-%.0f)  %5.0f  %s",
                row.traffic(),
                row.flowCount(),
                row.packet(),
                row.nsPerPacket().median(),
                row.nsPerPacket().lowest(),
                row.nsPerPacket().highest(),
                row.baselineNs(),
                row.verdict());
    }
}
