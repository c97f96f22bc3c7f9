package io.fastpath.afxdpnative.netlink;

/**
 * Hears what changed in the network, on the thread that polls the {@link NetworkView} and after the view shows all of the
 * new picture. What an exception of a method skips isn't told again.
 */
public interface NetworkListener {
    /**
     * Routes changed.
     *
     * @param routes the new table.
     */
    default void onRoutesChanged(final RouteTable routes) {}

    /**
     * A neighbour came, went, or changed its Ethernet address or state.
     *
     * @param neighbour as it is now; with no Ethernet address and state {@link NeighbourState#NONE} if it is gone.
     */
    default void onNeighbourChanged(final Neighbour neighbour) {}

    /**
     * A link came or changed.
     *
     * @param link as it is now.
     */
    default void onLinkChanged(final Link link) {}

    /**
     * A link is gone.
     *
     * @param link as it was.
     */
    default void onLinkRemoved(final Link link) {}

    /** An address of an interface came, went or changed; {@link NetworkView#addresses()} has the new ones. */
    default void onAddressesChanged() {}
}
