package io.fastpath.fastpath.config;

import io.fastpath.lb.Address;
import java.util.List;

/**
 * What {@code replay} takes for the network, since there is none: the section {@code static}. Immutable.
 *
 * @param links what each interface is like; at most one each
 * @param routes the longest prefix wins
 * @param neighbours whose MACs are known
 */
public record StaticConfig(List<Link> links, List<Route> routes, List<Neighbour> neighbours) {
    /** None. */
    public static final StaticConfig EMPTY = new StaticConfig(List.of(), List.of(), List.of());

    /** Takes copies. */
    public StaticConfig {
        links = List.copyOf(links);
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
    }

    /**
     * An interface.
     *
     * @param name of an interface of the instance
     * @param mac as a number, the first byte on the wire uppermost
     * @param mtu largest IP packet
     */
    public record Link(String name, long mac, int mtu) {}

    /**
     * A route.
     *
     * @param prefix where to
     * @param via the gateway; null where the destinations are on the link
     * @param link name of the interface
     */
    public record Route(Prefix prefix, Address via, String link) {}

    /**
     * A neighbour.
     *
     * @param address its own
     * @param mac as a number, the first byte on the wire uppermost
     * @param link name of the interface that it is behind
     */
    public record Neighbour(Address address, long mac, String link) {}

    /** {@return whether there is no such section} */
    public boolean isEmpty() {
        return links.isEmpty() && routes.isEmpty() && neighbours.isEmpty();
    }
}
