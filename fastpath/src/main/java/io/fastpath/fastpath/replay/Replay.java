package io.fastpath.fastpath.replay;

import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.capture.CapturedFrame;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceConfig;
import io.fastpath.fastpath.control.FlowFilter;
import io.fastpath.fastpath.control.FlowWalk;
import io.fastpath.kernelbpf.layout.Counter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Plays captures through engines, and writes what comes of it: a capture per egress interface, a line per frame, counters,
 * connections. It stops at the first frame of which two engines make different things. One thread; memory is that of the
 * tables and a frame per capture.
 */
public final class Replay {
    /** Lines of JSON, one per frame. */
    public static final String PACKETS_FILE = "packets.jsonl";

    /** One line of JSON. */
    public static final String COUNTERS_FILE = "counters.json";

    /** Lines of JSON, one per connection. */
    public static final String FLOWS_FILE = "flows.jsonl";

    /** The frame that the engines disagree on, as it came in, and as each sent it. */
    public static final String DIFFERENCE_NAME = "difference";

    private static final int FLOW_STEP = 1 << 16;

    private final InstanceConfig config;
    private final List<ReplayInput> inputs;
    private final ReplayClock clock = new ReplayClock();
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<String, Long> verdicts = new TreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final List<String> differences = new ArrayList<>();
    private BiFunction<InstanceConfig, Long, ReplayEngine> javaEngine = JavaReplay::new;
    private Outcome lastOfFirst;
    private Outcome lastOfSecond;
    private long packetCount;
    private long nowNs = ReplayClock.START_NS;

    /**
     * A replay.
     *
     * @param config with a section {@code static}
     * @param inputs at least one
     * @throws ReplayException if the configuration or an input's interface doesn't do
     */
    public Replay(final InstanceConfig config, final List<ReplayInput> inputs) {
        this.config = config;
        this.inputs = List.copyOf(inputs);
        if (config.prefilter().isGiven()) {
            throw new ReplayException(
                    "prefilter: a replay has no prefilter; take that section out of a copy of the file");
        }
        for (final InterfaceConfig each : config.interfaces()) {
            if (ReplayWorld.link(config, each.name()) == null) {
                throw new ReplayException("static.links: lacks " + each.name()
                        + ": a replay takes links, next hops and their MAC addresses from the section static");
            }
        }
        for (final ReplayInput input : inputs) {
            if (config.interfaces().stream().noneMatch(each -> each.name().equals(input.interfaceName()))) {
                throw new ReplayException(input.interfaceName() + " is none of the configuration's interfaces: "
                        + config.interfaces().stream()
                                .map(InterfaceConfig::name)
                                .toList());
            }
        }
    }

    /** For tests: another engine in the place of the Java engine. */
    Replay javaEngine(final BiFunction<InstanceConfig, Long, ReplayEngine> factory) {
        javaEngine = factory;
        return this;
    }

    /**
     * Plays all.
     *
     * @param choice which engines
     * @param folder to write to; empty, or not there yet
     * @param lines gets each line of JSON as it is written
     * @return what came of it; if there are differences, the folder holds only the frame in question
     * @throws ReplayException if a file can't be written
     * @throws io.fastpath.fastpath.capture.CaptureException if a file is no capture; nothing is left
     */
    public ReplayReport run(final EngineChoice choice, final Path folder, final Consumer<String> lines) {
        try (CaptureMerge merge = new CaptureMerge(inputs);
                Unwinder resources = new Unwinder()) {
            final List<ReplayEngine> engines = engines(choice, resources);
            final ReplayWorld world = engines.get(0).world();
            world.ifindexes().forEach((name, ifindex) -> names.put(ifindex, name));
            try (ReplayOutput output = new ReplayOutput(folder)) {
                play(merge, engines, output, lines);
                if (differences.isEmpty()) {
                    final ReplayReport report = finish(world, merge.truncated(), output, lines);
                    output.complete();
                    return report;
                }
            }
            writeDifference(merge, folder);
            return new ReplayReport(
                    packetCount, verdicts, reasons, 0, counters(world), List.of(), List.copyOf(differences));
        }
    }

    private List<ReplayEngine> engines(final EngineChoice choice, final Unwinder resources) {
        final List<ReplayEngine> engines = new ArrayList<>();
        if (choice != EngineChoice.KERNEL) {
            engines.add(javaEngine.apply(config, ReplayClock.START_NS));
            resources.add(engines.get(0)::close);
        }
        if (choice != EngineChoice.JAVA) {
            final ReplayEngine kernel = new KernelReplay(config, ReplayClock.START_NS);
            engines.add(kernel);
            resources.add(kernel::close);
        }
        return engines;
    }

    private void play(
            final CaptureMerge merge,
            final List<ReplayEngine> engines,
            final ReplayOutput output,
            final Consumer<String> lines) {
        final EngineComparison comparison =
                engines.size() > 1 ? new EngineComparison(engines.get(0), engines.get(1)) : null;
        while (differences.isEmpty() && merge.next()) {
            final CapturedFrame captured = merge.frame();
            packetCount++;
            nowNs = clock.at(captured.timeNs());
            lines.accept(output.line(PACKETS_FILE, one(merge, captured, engines, comparison, output)));
        }
        if (comparison != null && differences.isEmpty()) {
            comparison.whole(nowNs).forEach(difference -> differences.add("at the end: " + difference));
        }
    }

    private PacketLine one(
            final CaptureMerge merge,
            final CapturedFrame captured,
            final List<ReplayEngine> engines,
            final EngineComparison comparison,
            final ReplayOutput output) {
        final String in = merge.input().interfaceName();
        final byte[] frame = ReplayFrame.of(captured);
        if (frame.length > ReplayFrame.LENGTH_LIMIT) {
            return line(in, "drop", null, PacketLine.TOO_LONG, null);
        }
        if (frame.length < ReplayFrame.LENGTH_MIN) {
            return line(in, "pass", null, Counter.XDP_PASS_TRUNCATED.label(), null);
        }
        final List<Outcome> outcomes = new ArrayList<>(engines.size());
        for (final ReplayEngine engine : engines) {
            engine.world().advance(nowNs);
            outcomes.add(engine.receive(engine.world().ifindexes().get(in), frame, nowNs));
        }
        final Outcome outcome = outcomes.get(0);
        if (comparison != null) {
            lastOfFirst = outcome;
            lastOfSecond = outcomes.get(1);
            comparison
                    .after(frame, outcome, lastOfSecond, nowNs)
                    .forEach(difference -> differences.add("packet " + packetCount + " (" + in + "): " + difference));
        }
        final String out = names.get(outcome.egressIfindex());
        if (outcome.frame() != null) {
            output.frame(
                    out, captured.timeNs(), outcome.frame(), ReplayFrame.capturedLength(captured, outcome.frame()));
        }
        return line(in, outcome.verdict(), out, outcome.reason().label(), outcome.backend());
    }

    private PacketLine line(
            final String in, final String verdict, final String out, final String reason, final String backend) {
        verdicts.merge(verdict, 1L, Long::sum);
        reasons.merge(reason, 1L, Long::sum);
        return new PacketLine(packetCount, in, verdict, out, reason, backend);
    }

    private ReplayReport finish(
            final ReplayWorld world,
            final List<String> truncated,
            final ReplayOutput output,
            final Consumer<String> lines) {
        final Map<String, Long> counters = counters(world);
        lines.accept(output.line(COUNTERS_FILE, Map.of("counters", counters)));
        final FlowWalk walk = new FlowWalk(world.tables(), config.services(), FlowFilter.ALL, () -> nowNs);
        final long[] flowCount = {0};
        boolean isMore = true;
        while (isMore) {
            isMore = walk.next(FLOW_STEP, FLOW_STEP, flow -> {
                flowCount[0]++;
                lines.accept(output.line(FLOWS_FILE, Map.of("flow", flow)));
            });
        }
        return new ReplayReport(packetCount, verdicts, reasons, flowCount[0], counters, truncated, List.of());
    }

    private static Map<String, Long> counters(final ReplayWorld world) {
        final Map<String, Long> counters = new LinkedHashMap<>();
        for (final Counter counter : Counter.values()) {
            final long count = world.count(counter);
            if (count != 0) {
                counters.put(counter.label(), count);
            }
        }
        return counters;
    }

    /** The frame as it came in, as the first engine sent it, as the second did. */
    private void writeDifference(final CaptureMerge merge, final Path folder) {
        if (lastOfFirst == null) {
            return;
        }
        try (ReplayOutput output = new ReplayOutput(folder)) {
            final byte[] in = ReplayFrame.of(merge.lastFrame());
            output.frame(DIFFERENCE_NAME, merge.lastFrame().timeNs(), in, in.length);
            for (final Outcome outcome : List.of(lastOfFirst, lastOfSecond)) {
                if (outcome.frame() != null) {
                    output.frame(DIFFERENCE_NAME, merge.lastFrame().timeNs(), outcome.frame(), outcome.frame().length);
                }
            }
            output.complete();
        }
    }
}
