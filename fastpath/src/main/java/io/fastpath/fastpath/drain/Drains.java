package io.fastpath.fastpath.drain;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.BackendStats;
import io.fastpath.lb.service.DrainSpec;
import io.fastpath.lb.service.DrainSpec.Fate;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services' backends while the instance runs: which are drained, what becomes of their flows and when, and how those
 * that come get their whole weight. The control thread polls; commands come from another thread. Both take the
 * object's lock, under which the service table is changed.
 *
 * <p>How much of a weight is withheld stands in the shared tables, so a drain by command and a slow start survive the
 * process. A drain's limit counts from the process's start anew.
 */
public final class Drains {
    /** A second look at all flows after this: one that was just being opened may have been missed by the first. */
    static final long CONFIRM_DELAY_NS = 1_000_000_000L;

    private static final long TICK_NS = 100_000_000L;

    /** Counting a thousand backends over ten writers takes a millisecond. */
    private static final long LOADS_INTERVAL_NS = 250_000_000L;

    private static final Logger LOGGER = LoggerFactory.getLogger(Drains.class);

    private final ServiceTable services;
    private final FlowMover mover;
    private final Map<String, ServiceSpec> specs = new LinkedHashMap<>();
    private final Map<Integer, Long> drainedSinceNs = new HashMap<>();
    private final SlowStart slowStart = new SlowStart();
    private boolean isChanged = true;
    private boolean isConfirmPending;
    private long confirmNs;
    private final LoadWatch loads;
    private long nextTickNs = Long.MIN_VALUE;
    private long nextLoadsNs;

    /**
     * Goes on with services as they are in force.
     *
     * @param services the table
     * @param specs as {@link #resumed} gave and the table was told
     * @param mover to send flows elsewhere; this object's own
     * @param stats of the backends
     */
    public Drains(
            final ServiceTable services,
            final List<ServiceSpec> specs,
            final FlowMover mover,
            final BackendStats stats) {
        loads = new LoadWatch(services, stats);
        this.services = services;
        this.mover = mover;
        specs.forEach(spec -> this.specs.put(spec.name(), spec));
    }

    /**
     * What is to be put in force for a configuration, after what tables hold of an earlier process: backends drained by a
     * command stay so, and those that are new among others begin slowly where their service says so.
     *
     * @param configured services
     * @param present services in the tables
     * @return services for the tables
     */
    public static List<ServiceSpec> resumed(final List<ServiceSpec> configured, final List<ServiceEntry> present) {
        final List<ServiceSpec> resumed = new ArrayList<>();
        for (final ServiceSpec spec : configured) {
            final ServiceEntry entry = present.stream()
                    .filter(candidate -> candidate.key().equals(spec.key()))
                    .findFirst()
                    .orElse(null);
            resumed.add(entry == null ? spec : resumed(spec, entry));
        }
        return resumed;
    }

    private static ServiceSpec resumed(final ServiceSpec spec, final ServiceEntry entry) {
        final Map<Endpoint, BackendEntry> before = new HashMap<>();
        entry.backends().forEach(backend -> before.put(backend.endpoint(), backend));
        final boolean hasOthers = spec.backends().stream()
                .anyMatch(backend -> backend.share() > 0
                        && before.containsKey(backend.endpoint())
                        && !before.get(backend.endpoint()).isDrained());
        return spec.with(spec.backends().stream()
                .map(backend -> backend.withholding(withheld(
                        backend,
                        before.get(backend.endpoint()),
                        hasOthers && spec.drain().slowStartNs() > 0)))
                .toList());
    }

    private static int withheld(final BackendSpec backend, final BackendEntry before, final boolean beginsSlowly) {
        if (backend.withheld() != 0) {
            return backend.withheld();
        }
        if (before != null && before.withheld() == BackendDescriptor.WITHHELD_BY_COMMAND) {
            return before.withheld();
        }
        if (!beginsSlowly || before != null && !before.isDrained() && before.withheld() == 0) {
            return 0;
        }
        return before == null || before.isDrained() ? SlowStart.FIRST : before.withheld();
    }

    /**
     * Does what is due.
     *
     * @param nowNs CLOCK_MONOTONIC
     * @return slots of the flow table looked at
     */
    public synchronized int poll(final long nowNs) {
        if (isChanged) {
            isChanged = false;
            nextTickNs = nowNs;
            nextLoadsNs = nowNs;
            review(nowNs);
        }
        if (nowNs - nextTickNs >= 0) {
            nextTickNs = nowNs + TICK_NS;
            slowStart.step(specs.values(), nowNs).forEach(this::put);
            review(nowNs);
            confirm(nowNs);
        }
        if (nowNs - nextLoadsNs >= 0) {
            nextLoadsNs = nowNs + LOADS_INTERVAL_NS;
            loads.poll(specs.values());
        }
        return mover.poll(nowNs);
    }

    /**
     * Drains backends, or has them take new flows again.
     *
     * @param name of the service that they are of; null for all services
     * @param backend whether an endpoint is meant
     * @param isUndone whether they are to take new flows again
     * @return what was meant and is so now: service, a space, endpoint
     * @throws IllegalArgumentException if there is none, or the configuration says otherwise; nothing was changed
     */
    public synchronized List<String> drain(
            final String name, final Predicate<Endpoint> backend, final boolean isUndone) {
        final List<String> meant = new ArrayList<>();
        final List<ServiceSpec> changed = new ArrayList<>();
        for (final ServiceSpec spec : specs.values()) {
            if (name == null || spec.name().equals(name)) {
                changed.add(change(spec, backend, isUndone, meant));
            }
        }
        if (meant.isEmpty()) {
            throw new IllegalArgumentException("no such backend" + (name == null ? "" : " of a service " + name)
                    + ": `fastpath backends` lists them");
        }
        changed.forEach(this::put);
        isChanged = true;
        LOGGER.info("{}: {}", isUndone ? "taking new flows again" : "drained by command", String.join(", ", meant));
        return meant;
    }

    private ServiceSpec change(
            final ServiceSpec spec,
            final Predicate<Endpoint> backend,
            final boolean isUndone,
            final List<String> meant) {
        final UnaryOperator<BackendSpec> change = isUndone ? candidate -> undone(spec, candidate) : Drains::held;
        return spec.with(spec.backends().stream()
                .map(candidate -> {
                    if (!backend.test(candidate.endpoint())) {
                        return candidate;
                    }
                    meant.add(spec.name() + ' ' + candidate.endpoint());
                    return change.apply(candidate);
                })
                .toList());
    }

    private static BackendSpec held(final BackendSpec backend) {
        return backend.withheld() == BackendDescriptor.WITHHELD_ALL
                ? backend
                : backend.withholding(BackendDescriptor.WITHHELD_BY_COMMAND);
    }

    private static BackendSpec undone(final ServiceSpec spec, final BackendSpec backend) {
        if (backend.withheld() == BackendDescriptor.WITHHELD_ALL || backend.weight() == 0) {
            throw new IllegalArgumentException(spec.name() + ' ' + backend.endpoint()
                    + " is drained by the configuration, not by a command: change it there");
        }
        if (backend.withheld() != BackendDescriptor.WITHHELD_BY_COMMAND) {
            return backend;
        }
        final boolean beginsSlowly = spec.drain().slowStartNs() > 0 && spec.weightedCount() > 0;
        return backend.withholding(beginsSlowly ? SlowStart.FIRST : 0);
    }

    /** Nothing is written where it is so already. */
    private void put(final ServiceSpec spec) {
        services.put(spec);
        specs.put(spec.name(), spec);
    }

    /** Which backends are drained since when, and whose flows are to go now. */
    private void review(final long nowNs) {
        final Map<Integer, DrainSpec> rules = new HashMap<>();
        for (final ServiceEntry entry : services.services()) {
            specs.values().stream()
                    .filter(spec -> spec.key().equals(entry.key()))
                    .forEach(spec -> rules.put(entry.index(), spec.drain()));
        }
        boolean isNew = false;
        for (final BackendEntry backend : services.backends()) {
            final DrainSpec rule = rules.get(backend.serviceIndex());
            final Fate fate = rule == null ? Fate.FINISH : fate(backend, rule, nowNs);
            isNew |= mover.mark(backend.index(), fate);
        }
        if (isNew) {
            mover.begin();
            isConfirmPending = true;
            confirmNs = nowNs + CONFIRM_DELAY_NS;
        }
    }

    private Fate fate(final BackendEntry backend, final DrainSpec rule, final long nowNs) {
        if (!backend.isDrained()) {
            drainedSinceNs.remove(backend.index());
            return Fate.FINISH;
        }
        final long sinceNs = drainedSinceNs.computeIfAbsent(backend.index(), index -> nowNs);
        final Fate fate = backend.retired() ? rule.onRemove() : rule.onDrain();
        final boolean isOver = rule.limitNs() > 0 && nowNs - sinceNs >= rule.limitNs();
        return fate == Fate.FINISH && isOver ? rule.atLimit() : fate;
    }

    private void confirm(final long nowNs) {
        if (isConfirmPending && nowNs - confirmNs >= 0) {
            isConfirmPending = false;
            mover.begin();
        }
    }
}
