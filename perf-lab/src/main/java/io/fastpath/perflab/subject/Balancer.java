package io.fastpath.perflab.subject;

import io.fastpath.fastpath.lab.ChildProcess;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.SinkPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** fastpath itself, started as an operator would: {@code bin/fastpath run --config FILE} in the node's namespace. */
public final class Balancer implements Subject {
    private final String name;
    private final Path launcher;
    private final Path folder;
    private final int cpu;
    private final String forwarding;
    private final String engine;
    private final int flowCapacity;

    /**
     * A balancer.
     *
     * @param name of the subject.
     * @param launcher {@code bin/fastpath}.
     * @param folder for its configuration and log; must exist.
     * @param cpu of its one worker.
     * @param forwarding mode of the service as in the configuration: {@code full-nat} or {@code nat}.
     * @param engine placement as in the configuration.
     * @param flowCapacity connections that its table must hold.
     */
    public Balancer(
            final String name,
            final Path launcher,
            final Path folder,
            final int cpu,
            final String forwarding,
            final String engine,
            final int flowCapacity) {
        this.flowCapacity = flowCapacity;
        this.name = name;
        this.engine = engine;
        this.launcher = launcher;
        this.folder = folder;
        this.cpu = cpu;
        this.forwarding = forwarding;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String work() {
        return engine + ": steering, flow tracking, Maglev, " + forwarding + ", checksums, TTL, both directions";
    }

    @Override
    public SinkPlan delivery(final Topology topology) {
        return SinkPlan.toBackends(topology);
    }

    @Override
    public RunningSubject start(final Topology topology) {
        final String config = writeConfig(topology).toString();
        final ChildProcess process = ChildProcess.start(
                name(),
                topology.onNode(List.of(launcher.toString(), "run", "--config", config)),
                folder.resolve("fastpath.log"));
        return new RunningBalancer(process, launcher, BalancerConfig.instance(topology));
    }

    private Path writeConfig(final Topology topology) {
        try {
            return Files.writeString(
                    folder.resolve("fastpath.yaml"),
                    new BalancerConfig(topology, cpu, forwarding, engine, flowCapacity).text());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
