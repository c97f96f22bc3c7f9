package io.fastpath.fastpath.config;

import io.fastpath.conntrack.FlowTableSizing;
import io.fastpath.fastpath.tables.RateTable;
import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.service.AffinitySpec;
import io.fastpath.lb.service.DrainSpec;
import io.fastpath.lb.service.DrainSpec.Fate;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.TcpCheckLevel;
import io.fastpath.lb.service.TrackingSpec;
import io.fastpath.lb.service.Vip;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Reads the {@code services} list; {@link CrossChecks} compares its members afterwards. One thread. */
final class ServiceReader {
    /** Two backends share so few slots within half a percent; the highest size has a hundred for each possible backend. */
    private static final int MAGLEV_SIZE_LOWEST = 251;

    private static final Kind<Protocol> PROTOCOL = Kinds.choice(Protocol.values(), Protocol::label);
    private static final Kind<Forwarding> FORWARDING = Kinds.choice(Forwarding.values(), Forwarding::label);
    private static final Kind<Algorithm> ALGORITHM = Kinds.choice(Algorithm.values(), Algorithm::label);
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final Kind<Long> AFFINITY = Kinds.duration(TimeUnit.SECONDS.toNanos(1), TimeUnit.HOURS.toNanos(18));
    private static final Kind<Integer> AFFINITY_PREFIX4 = even(IPV4_BITS);
    private static final Kind<Integer> AFFINITY_PREFIX6 = even(IPV6_BITS);
    private static final Kind<HashInput> HASH = Kinds.choice(HashInput.values(), HashInput::label);
    private static final Kind<TcpCheckLevel> TCP_CHECK = Kinds.choice(TcpCheckLevel.values(), TcpCheckLevel::label);
    private static final Kind<Integer> OPEN = Kinds.integer("a number of connections", 1, FlowTableSizing.CAPACITY_MAX);
    private static final Kind<Boolean> MID_STREAM = new Kind<>("one of drop, pickup", text -> switch (text) {
        case "drop" -> Boolean.FALSE;
        case "pickup" -> Boolean.TRUE;
        default -> null;
    });
    private static final Kind<Integer> MAGLEV_SIZE = Kinds.prime(MAGLEV_SIZE_LOWEST, MaglevSize.LIMIT);
    private static final Kind<Integer> WEIGHT = Kinds.integer("a weight", 0, BackendSpec.WEIGHT_LIMIT);

    private static final Kind<Integer> RATE = Kinds.integer("new connections in a second", 1, RateTable.LIMIT);
    private static final Kind<Fate> ON_DRAIN = Kinds.choice(new Fate[] {Fate.FINISH, Fate.MOVE}, Fate::label);
    private static final Kind<Fate> ON_REMOVE = Kinds.choice(Fate.values(), Fate::label);

    /** A week of connections is the longest that someone waits for; after an hour a backend is warm. */
    private static final Kind<Long> DRAIN_LIMIT = Kinds.duration(TimeUnit.SECONDS.toNanos(1), TimeUnit.DAYS.toNanos(7));

    private static final Kind<Long> SLOW_START = Kinds.duration(TimeUnit.SECONDS.toNanos(1), TimeUnit.HOURS.toNanos(1));

    private static final Kind<SynCookieMode> SYN_COOKIES = Kinds.choice(SynCookieMode.values(), SynCookieMode::label);

    private ServiceReader() {}

    /**
     * Reads the services.
     *
     * @param root of the file.
     * @return what could be read.
     */
    static List<ServiceDraft> read(final Section root) {
        final List<ServiceDraft> services =
                root.sections("services").stream().map(ServiceReader::one).toList();
        root.needsItems("services", "at least one service");
        return services;
    }

    private static ServiceDraft one(final Section section) {
        final String name = section.required("name", Kinds.LABEL);
        final Vip vip = section.required("vip", Kinds.VIP);
        final Ports ports = section.required("port", Kinds.SERVICE_PORTS);
        final Protocol protocol = section.required("protocol", PROTOCOL);
        final ServiceDraft service = new ServiceDraft(
                section,
                name,
                vip,
                ports,
                protocol,
                section.optional("forwarding", Forwarding.FULL_NAT, FORWARDING),
                section.optional("maglevSize", MaglevSize.DEFAULT, MAGLEV_SIZE),
                selection(section, vip),
                new TrackingSpec(
                        section.optional("midStream", false, MID_STREAM),
                        section.optional("tcpCheck", TcpCheckLevel.OFF, TCP_CHECK)),
                limits(section),
                section.optional("mss", MssLimit.NONE, Kinds.MSS),
                drain(section, protocol == null ? Protocol.TCP : protocol),
                backends(section));
        section.end();
        return service;
    }

    private static LimitsConfig limits(final Section service) {
        final Section section = service.section("limits");
        final LimitsConfig limits = new LimitsConfig(
                section.optional("newPerSecond", 0, RATE),
                section.optional("newPerSecondPerClient", 0, RATE),
                section.optional("openFlows", 0, OPEN),
                section.optional("openFlowsPerClient", 0, OPEN),
                service.optional("synCookies", SynCookieMode.NEVER, SYN_COOKIES),
                service.optional("synCookiesAbove", LimitsConfig.SYN_COOKIES_ABOVE_DEFAULT, RATE));
        section.end();
        if (service.node("synCookiesAbove") != null && limits.synCookies() != SynCookieMode.AUTO) {
            service.problem("synCookiesAbove", "is for synCookies: auto");
        }
        return limits;
    }

    private static Kind<Integer> even(final int highest) {
        return Kinds.oneOf(
                IntStream.rangeClosed(1, highest / 2).map(half -> 2 * half).toArray());
    }

    private static SelectionSpec selection(final Section section, final Vip vip) {
        final Algorithm algorithm = section.optional("algorithm", Algorithm.MAGLEV, ALGORITHM);
        final HashInput hash = section.optional("hash", HashInput.TUPLE, HASH);
        if (algorithm == Algorithm.WEIGHTED_ROUND_ROBIN && section.node("hash") != null) {
            section.problem("hash", "weighted-round-robin takes backends in turn and hashes nothing; leave hash out");
        }
        return new SelectionSpec(hash, algorithm, SourceReader.read(section), affinity(section, vip));
    }

    private static AffinitySpec affinity(final Section section, final Vip vip) {
        final long ns = section.optional("affinity", 0L, AFFINITY);
        final boolean isIpv4 = vip == null || vip.address().isIpv4();
        final int bits = section.optional(
                "affinityPrefix", isIpv4 ? IPV4_BITS : IPV6_BITS, isIpv4 ? AFFINITY_PREFIX4 : AFFINITY_PREFIX6);
        if (ns == 0 && section.node("affinityPrefix") != null) {
            section.problem(
                    "affinityPrefix", "says what a client is that keeps its backend; give affinity, its time, too");
        }
        return ns == 0 ? AffinitySpec.NONE : new AffinitySpec((int) TimeUnit.NANOSECONDS.toSeconds(ns), bits);
    }

    private static DrainSpec drain(final Section section, final Protocol protocol) {
        final DrainSpec usual = DrainSpec.of(protocol);
        final Fate onRemove = section.optional("onRemove", usual.onRemove(), ON_REMOVE);
        if (onRemove == Fate.RESET && protocol != Protocol.TCP) {
            section.problem("onRemove", "reset is for tcp: no datagram's sender can be told; take move or finish");
        }
        return new DrainSpec(
                section.optional("onDrain", usual.onDrain(), ON_DRAIN),
                section.optional("drainLimit", 0L, DRAIN_LIMIT),
                onRemove,
                section.optional("slowStart", 0L, SLOW_START));
    }

    private static List<ServiceDraft.BackendDraft> backends(final Section service) {
        final List<ServiceDraft.BackendDraft> backends = new ArrayList<>();
        for (final Section section : service.sections("backends")) {
            backends.add(new ServiceDraft.BackendDraft(
                    section,
                    section.required("address", Kinds.ADDRESS),
                    section.optional("port", 0, Kinds.PORT),
                    section.optional("weight", 1, WEIGHT),
                    section.optional("draining", false, Kinds.FLAG)));
            section.end();
        }
        service.needsItems("backends", "at least one backend");
        return backends;
    }
}
