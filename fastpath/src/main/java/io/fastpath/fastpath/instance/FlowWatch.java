package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.control.FlowFilter;
import io.fastpath.fastpath.control.FlowWalk;
import io.fastpath.fastpath.control.TopTalkers;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.service.ServiceSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Says who has the most connections when the flow table has come to be four fifths full; again once it was below 70 %
 * meanwhile. How full it is, the counters tell; who fills it, a walk over a part of the table, some connections at a
 * time. Control thread.
 */
final class FlowWatch {
    private static final int FULL_PERCENT = 80;
    private static final int CALM_PERCENT = 70;
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** Enough to see who has a hundredth of them, within three in a thousand; a millisecond of each turn. */
    private static final int SAMPLE_LIMIT = 20_000;

    private static final int FLOWS_PER_TURN = 500;
    private static final int SLOTS_PER_TURN = 8_192;
    private static final int SHOWN = 5;

    private final SharedTables tables;
    private final List<ServiceSpec> services;
    private final CounterReader counters;
    private final int capacity;
    private final Consumer<String> log;
    private boolean isTold;
    private long nextNs;
    private FlowWalk walk;
    private TopTalkers talkers;

    /**
     * A watch.
     *
     * @param tables of the instance
     * @param services in force, for their names
     * @param capacity connections that the table is made for
     * @param log takes a line
     */
    FlowWatch(
            final SharedTables tables,
            final List<ServiceSpec> services,
            final int capacity,
            final Consumer<String> log) {
        this.tables = tables;
        this.services = List.copyOf(services);
        this.counters = new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes());
        this.capacity = capacity;
        this.log = log;
    }

    /**
     * Has its turn.
     *
     * @param nowNs CLOCK_MONOTONIC
     * @return connections looked at
     */
    int poll(final long nowNs) {
        if (walk != null) {
            return goOn();
        }
        if (nowNs - nextNs < 0 && nextNs != 0) {
            return 0;
        }
        nextNs = nowNs + INTERVAL_NS;
        final long percent = percent();
        if (percent < CALM_PERCENT) {
            isTold = false;
        } else if (percent >= FULL_PERCENT && !isTold) {
            isTold = true;
            talkers = new TopTalkers();
            walk = new FlowWalk(tables, services, FlowFilter.ALL, () -> nowNs);
        }
        return 0;
    }

    private int goOn() {
        final long before = talkers.total();
        final boolean goesOn =
                walk.next(FLOWS_PER_TURN, SLOTS_PER_TURN, flow -> talkers.add(flow.client(), flow.service()));
        final int met = (int) (talkers.total() - before);
        if (!goesOn || talkers.total() >= SAMPLE_LIMIT) {
            tell();
            walk = null;
            talkers = null;
        }
        return Math.max(1, met);
    }

    private void tell() {
        if (talkers.total() > 0) {
            log.accept("the flow table holds " + live() + " connections, " + percent() + " % of its capacity; of "
                    + talkers.total() + " looked at, most are of the clients "
                    + talkers.line(talkers.clients(SHOWN)) + "; of the services "
                    + talkers.line(talkers.services(SHOWN)));
        }
    }

    private long live() {
        return Math.max(0, counters.total(Counter.FLOW_OPENED) - counters.total(Counter.FLOW_CLOSED));
    }

    private long percent() {
        return 100 * live() / capacity;
    }
}
