package io.fastpath.fastpath.config;

import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.conntrack.FlowTableSizing;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.TunnelSources;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.lb.Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Reads a configuration file whole: {@link #load} answers a configuration that passed every check, or throws all that is
 * wrong with it. Any thread.
 */
public final class ConfigFile {
    /** Connections at least: what one client's browser tabs may need. */
    private static final int CAPACITY_LOWEST = 1024;

    /** Shortest timeout: a hundred ticks of the table's clock, and longer than any sweep. */
    private static final long TIMEOUT_LOWEST_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A heartbeat is written some ten thousand times a second, but the scheduler may be late by a tick of 1 to 4 ms. */
    private static final long STALL_LIMIT_DEFAULT_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long STALL_LIMIT_LOWEST_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long STALL_LIMIT_HIGHEST_NS = TimeUnit.SECONDS.toNanos(1);

    /** Workers at most: rows of counters are claimed for each. */
    private static final int WORKER_LIMIT = 256;

    private static final int CAPACITY_DEFAULT = 1 << 20;
    private static final int FILL_DEFAULT = 4096;
    private static final int RING_DEFAULT = 2048;
    private static final int RING_LOWEST = 64;
    private static final int RING_HIGHEST = 32_768;

    private final Section root;
    private final Problems problems;
    private final BitSet onlineCpus;

    private ConfigFile(final Section root, final Problems problems, final BitSet onlineCpus) {
        this.root = root;
        this.problems = problems;
        this.onlineCpus = onlineCpus;
    }

    /**
     * Reads and checks a file against this machine's CPUs.
     *
     * @param file to read.
     * @return the configuration.
     * @throws ConfigException with every problem of the file.
     */
    public static InstanceConfig load(final Path file) throws ConfigException {
        final Problems problems = new Problems(file.toString());
        final String text = ConfigText.read(file, problems);
        problems.throwIfAny();
        return parse(text, problems, CpuAffinity.online());
    }

    /**
     * Checks a text.
     *
     * @param text of the file.
     * @param problems of the file.
     * @param onlineCpus the machine's.
     */
    static InstanceConfig parse(final String text, final Problems problems, final BitSet onlineCpus)
            throws ConfigException {
        final YamlNode node = new YamlReader(problems).read(text);
        problems.throwIfAny();
        final Section root = new Section(node, "", 1, problems);
        problems.throwIfAny();
        return new ConfigFile(root, problems, onlineCpus).instance();
    }

    private InstanceConfig instance() throws ConfigException {
        final String name = root.required("instance", Kinds.NAME);
        final boolean refuseDowngrade = root.optional("refuseDowngrade", false, Kinds.FLAG);
        final List<InterfaceConfig> interfaces = InterfaceReader.read(root);
        final WorkersConfig workers = workers(root.section("workers"));
        final UmemConfig umem = umem(root.section("umem"));
        final RingsConfig rings = rings(root.section("rings"));
        final EngineConfig engine = engine(rings);
        final FlowsConfig flows = flows(root.section("flows"));
        final IcmpConfig icmp = icmp(root.section("icmp"));
        final SnatConfig snat = snat(root.section("snat"));
        final PrefilterConfig prefilter = PrefilterReader.read(root, problems);
        final TunnelSources tunnels = TunnelReader.read(root.section("tunnels"));
        final List<ServiceDraft> services = ServiceReader.read(root);
        final StaticConfig network = StaticReader.read(root, interfaces);
        root.end();
        CrossChecks.check(root, services, snat);
        problems.throwIfAny();
        return new InstanceConfig(
                name,
                refuseDowngrade,
                interfaces,
                workers,
                umem,
                rings,
                engine,
                flows,
                icmp,
                snat,
                prefilter,
                tunnels,
                services.stream().collect(Collectors.toMap(ServiceDraft::name, ServiceDraft::limits)),
                services.stream().map(ServiceDraft::toSpec).toList(),
                network);
    }

    private WorkersConfig workers(final Section section) {
        final List<Integer> cpus = new ArrayList<>();
        for (final Located<Integer> cpu : section.list("cpus", Kinds.integer("a CPU number", 0, 8191))) {
            if (!onlineCpus.get(cpu.value())) {
                problems.add(cpu.line(), cpu.key(), "CPU " + cpu.value() + " is not online; online are " + onlineCpus);
            } else if (cpus.contains(cpu.value())) {
                problems.add(cpu.line(), cpu.key(), "CPU " + cpu.value() + " is listed twice; a worker needs its own");
            }
            cpus.add(cpu.value());
        }
        section.needsItems("cpus", "the CPU of each worker, for example [1]");
        if (cpus.size() > WORKER_LIMIT) {
            section.problem("cpus", cpus.size() + " workers are too many (1-" + WORKER_LIMIT + ")");
        }
        final IdleMode idle =
                section.optional("idle", IdleMode.BACKOFF, Kinds.choice(IdleMode.values(), IdleMode::label));
        section.end();
        return new WorkersConfig(cpus, idle);
    }

    private static UmemConfig umem(final Section section) {
        final UmemConfig umem = new UmemConfig(
                section.optional("framesPerQueue", 0, Kinds.integer("a number of frames", 64, 4 * RING_HIGHEST)),
                section.optional("frameSize", 2048, Kinds.oneOf(2048, 4096)),
                section.optional("hugePages", false, Kinds.FLAG));
        section.end();
        return umem;
    }

    private static RingsConfig rings(final Section section) {
        final Kind<Integer> size = Kinds.powerOfTwo(RING_LOWEST, RING_HIGHEST);
        final RingsConfig rings = new RingsConfig(
                section.optional("fill", FILL_DEFAULT, size),
                section.optional("rx", RING_DEFAULT, size),
                section.optional("tx", RING_DEFAULT, size),
                section.optional("completion", RING_DEFAULT, size));
        section.end();
        return rings;
    }

    /** What can't be in a ring can't be waited for, so the spill limit is below the rx ring. */
    private EngineConfig engine(final RingsConfig rings) {
        return new EngineConfig(
                root.optional("engine", EngineMode.USERSPACE, Kinds.choice(EngineMode.values(), EngineMode::label)),
                root.optional(
                        "stallLimit",
                        STALL_LIMIT_DEFAULT_NS,
                        Kinds.duration(STALL_LIMIT_LOWEST_NS, STALL_LIMIT_HIGHEST_NS)),
                root.optional("spillLimit", rings.rx() / 4 * 3, Kinds.integer("a number of frames", 1, rings.rx())),
                root.optional("onExit", ExitMode.HANDOVER, Kinds.choice(ExitMode.values(), ExitMode::label)),
                root.optional("shadow", 0, Kinds.SHADOW));
    }

    private static FlowsConfig flows(final Section section) {
        final int capacity = section.optional(
                "capacity",
                CAPACITY_DEFAULT,
                Kinds.integer("a number of connections", CAPACITY_LOWEST, FlowTableSizing.CAPACITY_MAX));
        final int synTries = section.optional(
                "synTries",
                ControlRecord.SYN_TRIES_DEFAULT,
                Kinds.integer("a number of retransmissions", 0, FlowDescriptor.SYNS_LIMIT));
        final FlowsConfig flows = new FlowsConfig(capacity, timeouts(section.section("timeouts")), synTries);
        section.end();
        return flows;
    }

    private static IcmpConfig icmp(final Section section) {
        final IcmpConfig icmp = new IcmpConfig(section.optional(
                "errorsPerSecond",
                IcmpConfig.ERRORS_DEFAULT,
                Kinds.integer("a number of errors", 0, IcmpConfig.ERRORS_HIGHEST)));
        section.end();
        return icmp;
    }

    private static FlowTimeouts timeouts(final Section section) {
        final Kind<Long> kind = Kinds.duration(TIMEOUT_LOWEST_NS, FlowTimeouts.LONGEST_NS);
        FlowTimeouts timeouts = FlowTimeouts.defaults();
        for (final String key : FlowTimeouts.keys()) {
            final Long timeoutNs = section.optional(key, null, kind);
            timeouts = timeoutNs == null ? timeouts : timeouts.with(key, timeoutNs);
        }
        section.end();
        return timeouts;
    }

    private SnatConfig snat(final Section section) {
        final Set<Address> addresses = new HashSet<>();
        final List<Address> ordered = new ArrayList<>();
        for (final Located<Address> address : section.list("addresses", Kinds.ADDRESS)) {
            if (!addresses.add(address.value())) {
                problems.add(address.line(), address.key(), address.value() + " is listed twice");
            }
            ordered.add(address.value());
        }
        if (ordered.size() > ConfigDescriptor.SNAT_LIMIT) {
            section.problem(
                    "addresses", ordered.size() + " addresses are too many (0-" + ConfigDescriptor.SNAT_LIMIT + ")");
        }
        final PortRange ports = section.optional("ports", new PortRange(1024, PortRange.HIGHEST_PORT), Kinds.PORTS);
        section.end();
        return new SnatConfig(ordered, ports);
    }
}
