package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.lb.Address;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The way to each backend, resolved ahead of the first packet, so that it isn't the first packet that waits for the
 * neighbour. Control thread.
 */
final class BackendReachability {
    private final ServiceTable services;
    private final NextHopTable hops;
    private final NextHopResolver resolver;
    private final IntConsumer ask;

    /**
     * The ways to a service table's backends.
     *
     * @param services whose backends
     * @param hops the next-hop table
     * @param resolver the control thread's own
     * @param ask has the kernel resolve a hop's neighbour
     */
    BackendReachability(
            final ServiceTable services,
            final NextHopTable hops,
            final NextHopResolver resolver,
            final IntConsumer ask) {
        this.services = services;
        this.hops = hops;
        this.resolver = resolver;
        this.ask = ask;
    }

    /**
     * Resolves all backends, and has the kernel look for those neighbours it doesn't know.
     *
     * @return backends that no route leads to by an interface that is served
     */
    List<Unreachable> resolveAll() {
        final List<Unreachable> unreachable = new ArrayList<>();
        for (final BackendEntry backend : services.backends()) {
            final Address address = backend.endpoint().address();
            final int hop =
                    resolver.resolve(address.word0(), address.word1(), backend.nextHopIndex(), System.nanoTime());
            if (hop == NextHopResolver.NO_ROUTE || hop == NextHopResolver.NOT_SERVED) {
                unreachable.add(new Unreachable(backend, hop == NextHopResolver.NOT_SERVED));
            } else {
                services.setNextHop(backend.index(), hop);
                if (!NextHopTable.isUsable(hops.state(hop))) {
                    ask.accept(hop);
                }
            }
        }
        return unreachable;
    }

    /**
     * Whether packets can go to every backend now.
     *
     * @return true once all neighbours are known
     */
    boolean areUsable() {
        return services.backends().stream()
                .allMatch(backend -> NextHopTable.isUsable(hops.state(backend.nextHopIndex())));
    }

    /**
     * A backend that can't be reached.
     *
     * @param backend the backend
     * @param isNotServed whether there is a route, but by an interface that the instance doesn't serve
     */
    record Unreachable(BackendEntry backend, boolean isNotServed) {
        @Override
        public String toString() {
            return "backend " + backend.endpoint()
                    + (isNotServed
                            ? " is routed over an interface that is not served: list it under `interfaces`"
                            : " has no route: add one (`ip route get "
                                    + backend.endpoint().address() + "`)");
        }
    }
}
