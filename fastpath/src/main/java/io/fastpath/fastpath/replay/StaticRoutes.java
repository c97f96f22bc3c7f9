package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.config.StaticConfig;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.RouteLookup;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The routes of a configuration's section {@code static}: the longest prefix wins. Immutable. */
final class StaticRoutes implements RouteLookup {
    private final List<StaticConfig.Route> routes;
    private final Map<String, Integer> ifindexes;

    StaticRoutes(final StaticConfig network, final Map<String, Integer> ifindexes) {
        routes = network.routes().stream()
                .sorted(Comparator.comparingInt(route -> -route.prefix().length()))
                .toList();
        this.ifindexes = ifindexes;
    }

    @Override
    public boolean lookup(final long destination0, final long destination1, final NextHopKey hop) {
        for (final StaticConfig.Route route : routes) {
            if (route.prefix().contains(destination0, destination1)) {
                final int ifindex = ifindexes.get(route.link());
                if (route.via() == null) {
                    hop.set(ifindex, destination0, destination1);
                } else {
                    hop.set(ifindex, route.via().word0(), route.via().word1());
                }
                return true;
            }
        }
        return false;
    }
}
