package io.fastpath.fastpath.drain;

import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.selection.LeastConnections;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.BackendStats;
import io.fastpath.lb.service.BackendStats.Totals;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Some times a second counts the open flows of backends whose service picks by them: for random-of-two it tells engines
 * the loads, for least connections it makes a new table. Under the lock of {@link Drains}.
 */
final class LoadWatch {
    /** What the next interval brings is guessed from the last one; too few would all go to one backend. */
    private static final int ARRIVALS_MARGIN = 2;

    private final ServiceTable services;
    private final BackendStats stats;
    private final Map<String, Long> openedBefore = new HashMap<>();

    LoadWatch(final ServiceTable services, final BackendStats stats) {
        this.services = services;
        this.stats = stats;
    }

    void poll(final Collection<ServiceSpec> specs) {
        if (specs.stream().noneMatch(LoadWatch::isWatched)) {
            return;
        }
        final List<ServiceEntry> entries = services.services();
        for (final ServiceSpec spec : specs) {
            if (isWatched(spec)) {
                entries.stream().filter(entry -> entry.key().equals(spec.key())).forEach(entry -> watch(spec, entry));
            }
        }
    }

    private static boolean isWatched(final ServiceSpec spec) {
        final Algorithm algorithm = spec.selection().algorithm();
        return algorithm == Algorithm.RANDOM_OF_TWO || algorithm == Algorithm.WEIGHTED_LEAST_CONNECTIONS;
    }

    private void watch(final ServiceSpec spec, final ServiceEntry entry) {
        final int count = spec.backends().size();
        final long[] flows = new long[count];
        final int[] shares = new int[count];
        long opened = 0;
        for (int i = 0; i < count; i++) {
            final BackendSpec backend = spec.backends().get(i);
            final int index = index(entry, backend);
            final Totals totals = stats.totals(index);
            flows[i] = totals.flowsLive();
            shares[i] = backend.share();
            opened += totals.flowsOpened();
            if (shares[i] > 0) {
                services.setLoad(index, LeastConnections.load(flows[i], shares[i]));
            }
        }
        final long before = openedBefore.getOrDefault(spec.name(), opened);
        openedBefore.put(spec.name(), opened);
        if (spec.selection().algorithm() == Algorithm.WEIGHTED_LEAST_CONNECTIONS && spec.weightedCount() > 0) {
            final long arrivals = Math.max(count, (opened - before) * ARRIVALS_MARGIN);
            services.rebalance(shared(spec, LeastConnections.shares(flows, shares, arrivals)));
        }
    }

    private static ServiceSpec shared(final ServiceSpec spec, final int[] shares) {
        final List<BackendSpec> backends = new ArrayList<>();
        for (int i = 0; i < shares.length; i++) {
            backends.add(new BackendSpec(spec.backends().get(i).endpoint(), shares[i]));
        }
        return spec.with(backends);
    }

    private static int index(final ServiceEntry entry, final BackendSpec backend) {
        return entry.backends().stream()
                .filter(candidate -> candidate.endpoint().equals(backend.endpoint()))
                .mapToInt(BackendEntry::index)
                .findFirst()
                .orElseThrow();
    }
}
