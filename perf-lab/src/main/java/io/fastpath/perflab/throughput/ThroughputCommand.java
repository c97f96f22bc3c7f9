package io.fastpath.perflab.throughput;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.sources.SourceTree;
import io.fastpath.perflab.subject.Subject;
import io.fastpath.perflab.subject.SubjectCatalog;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.Sink;
import io.fastpath.perflab.traffic.TrafficGenerator;
import io.fastpath.perflab.traffic.TrafficPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lab throughput}: packets per second of the balancer beside its peers. Owned by one thread. */
@Command(
        name = "throughput",
        description = {
            "Compares how many UDP packets per second the balancer and its peers deliver: same topology, same run, by turns.",
            "Exit code 0 if every packet that the sink examined was right; 1 if one was not, or if something failed."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false)
public final class ThroughputCommand implements Callable<Integer> {
    private static final int QUEUE_COUNT = 1;

    /** What an operator would configure without a thought. */
    private static final int FLOW_CAPACITY_MIN = 1 << 20;

    @Option(
            names = "--subjects",
            split = ",",
            defaultValue = "kernel,c-afxdp,fastpath",
            description = "who takes part, in the order of turns")
    private List<String> subjectNames;

    @Option(names = "--baseline", defaultValue = "c-afxdp", description = "whom the others are compared with")
    private String baseline;

    @Option(names = "--flows", split = ",", defaultValue = "1,1024", description = "flow counts, each a comparison")
    private List<Integer> flowCounts;

    @Option(names = "--frame-length", defaultValue = "64", description = "bytes with check sequence, 64 to 1518")
    private int frameLength;

    @Option(names = "--rate", defaultValue = "0", description = "packets per second to offer; 0: as many as go")
    private long packetsPerSecond;

    @Option(names = "--rounds", defaultValue = "5", description = "turns of each subject")
    private int roundCount;

    @Option(names = "--seconds", defaultValue = "5", description = "measured in each round")
    private int measureSeconds;

    @Option(names = "--warm-up", defaultValue = "5", description = "seconds under load before that")
    private int warmUpSeconds;

    @Option(names = "--generator-cpu", defaultValue = "0", description = "CPU of generator and receive path")
    private int generatorCpu;

    @Option(names = "--subject-cpu", defaultValue = "1", description = "CPU of the subject's worker and transmit path")
    private int subjectCpu;

    @Option(names = "--backends", defaultValue = "3", description = "backends that the balancer balances over")
    private int backendCount;

    @Option(names = "--forwarding", defaultValue = "full-nat", description = "the balancer's mode: full-nat or nat")
    private String forwarding;

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
        final List<ThroughputPlan> plans = flowCounts.stream().map(this::plan).toList();
        if (!subjectNames.contains(baseline)) {
            throw new LabException("the baseline " + baseline + " must be among --subjects " + subjectNames);
        }
        try (ShutdownHook hook = ShutdownHook.register();
                SourceTree sources = SourceTree.unpack()) {
            hook.add(sources::close);
            hook.add(Topology::end);
            final SubjectCatalog catalog =
                    new SubjectCatalog(sources, launcher, forwarding, subjectCpu, flowCapacity());
            final List<Subject> subjects =
                    subjectNames.stream().map(catalog::subject).toList();
            final PrintWriter out = spec.commandLine().getOut();
            final Report report = json ? new JsonReport(out) : new TextReport(out);
            report.begin(
                    Environment.read(launcher.toAbsolutePath().getParent(), Topology.inWords(QUEUE_COUNT)), subjects);
            return compare(sources, subjects, plans, report, hook) ? 0 : 1;
        }
    }

    /** A quarter more than the most flows, so that the last ones find a place as soon as the first. */
    private int flowCapacity() {
        return Math.max(
                FLOW_CAPACITY_MIN,
                flowCounts.stream().mapToInt(count -> count + count / 4).max().orElse(0));
    }

    private ThroughputPlan plan(final int flowCount) {
        return new ThroughputPlan(
                new TrafficPlan(flowCount, frameLength),
                packetsPerSecond,
                roundCount,
                TimeUnit.SECONDS.toMillis(measureSeconds),
                TimeUnit.SECONDS.toMillis(warmUpSeconds));
    }

    private boolean compare(
            final SourceTree sources,
            final List<Subject> subjects,
            final List<ThroughputPlan> plans,
            final Report report,
            final ShutdownHook hook) {
        try (Topology topology = Topology.build(QUEUE_COUNT, backendCount);
                Sink sink = Sink.load(sources.compileBpf("lab_sink"));
                TrafficGenerator generator =
                        TrafficGenerator.load(sources.compileBpf("lab_traffic"), topology, generatorCpu)) {
            sink.attach(topology);
            final ThroughputComparison comparison = new ThroughputComparison(topology, generator, sink, report::round);
            hook.add(comparison::abandon);
            return run(comparison, subjects, plans, report);
        }
    }

    private boolean run(
            final ThroughputComparison comparison,
            final List<Subject> subjects,
            final List<ThroughputPlan> plans,
            final Report report) {
        boolean sound = true;
        for (final ThroughputPlan plan : plans) {
            final List<Round> rounds = comparison.run(subjects, plan);
            report.end(Summary.ofAll(rounds, baseline));
            sound &= rounds.stream().allMatch(Round::isSound);
        }
        return sound;
    }
}
