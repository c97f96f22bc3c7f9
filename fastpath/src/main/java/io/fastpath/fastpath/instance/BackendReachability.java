package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * The way to each backend, resolved ahead of the first packet, so that it isn't the first packet that waits for the
 * neighbour. Control thread.
 */
final class BackendReachability {
    /** Beside the resolver's failures: a backend of {@code dsr-l2} is behind a router. */
    private static final int NOT_ON_LINK = Integer.MIN_VALUE;

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
     * @return backends that packets can't be sent to; none of them keeps a hop from before
     */
    List<Unreachable> resolveAll() {
        final List<Unreachable> unreachable = new ArrayList<>();
        final Set<Integer> onLink = services.services().stream()
                .filter(service -> service.forwarding() == Forwarding.DSR_L2)
                .map(ServiceEntry::index)
                .collect(Collectors.toSet());
        for (final BackendEntry backend : services.backends()) {
            final int hop = hop(backend, onLink.contains(backend.serviceIndex()));
            if (hop <= NextHopTable.NOT_RESOLVED) {
                services.setNextHop(backend.index(), NextHopTable.NOT_RESOLVED);
                unreachable.add(new Unreachable(backend, hop));
            } else {
                services.setNextHop(backend.index(), hop);
                if (!NextHopTable.isUsable(hops.state(hop))) {
                    ask.accept(hop);
                }
            }
        }
        return unreachable;
    }

    private int hop(final BackendEntry backend, final boolean mustBeOnLink) {
        final Address address = backend.endpoint().address();
        final int hop = resolver.resolve(address.word0(), address.word1(), backend.nextHopIndex(), System.nanoTime());
        final boolean isBehindRouter = hop > NextHopTable.NOT_RESOLVED
                && (hops.gateway0(hop) != address.word0() || hops.gateway1(hop) != address.word1());
        return mustBeOnLink && isBehindRouter && !backend.retired() ? NOT_ON_LINK : hop;
    }

    /**
     * {@link #resolveAll()}, which must find a way to each.
     *
     * @throws InstanceException naming a backend that packets can't be sent to, and why
     */
    void requireAll() {
        final List<Unreachable> unreachable = resolveAll();
        if (!unreachable.isEmpty()) {
            throw new InstanceException(unreachable.get(0).toString());
        }
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
     * @param failure why, as {@link NextHopResolver} answers
     */
    record Unreachable(BackendEntry backend, int failure) {
        @Override
        public String toString() {
            return "backend " + backend.endpoint()
                    + switch (failure) {
                        case NextHopResolver.NOT_SERVED ->
                            " is routed over an interface that is not served: list it under `interfaces`";
                        case NOT_ON_LINK ->
                            " is behind a router, which would send its packets back: dsr-l2 needs it on the link (`ip"
                                    + " route get " + backend.endpoint().address() + "`)";
                        case NextHopResolver.FULL -> " has a route, but the next-hop table has no record left for it";
                        default ->
                            " has no route: add one (`ip route get "
                                    + backend.endpoint().address() + "`)";
                    };
        }
    }
}
