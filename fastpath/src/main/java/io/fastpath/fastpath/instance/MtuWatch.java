package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.Neighbour;
import io.fastpath.afxdpnative.netlink.NetworkListener;
import io.fastpath.afxdpnative.netlink.RouteTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes news on, and warns when an interface's MTU has come to be more than a frame takes: once, until it fits again.
 * Control thread.
 */
final class MtuWatch implements NetworkListener {
    private final NetworkListener next;
    private final Set<Integer> served;
    private final int packetLengthLimit;
    private final Logger logger;
    private final Set<Integer> told = new HashSet<>();

    /**
     * A watch.
     *
     * @param next gets all news first
     * @param served indices of the interfaces
     * @param packetLengthLimit longest packet that fits a frame
     * @param logger takes the warnings
     */
    MtuWatch(final NetworkListener next, final Set<Integer> served, final int packetLengthLimit, final Logger logger) {
        this.next = next;
        this.served = Set.copyOf(served);
        this.packetLengthLimit = packetLengthLimit;
        this.logger = logger;
    }

    static MtuWatch of(
            final NetworkListener next, final List<ServedInterface> interfaces, final int packetLengthLimit) {
        return new MtuWatch(
                next,
                interfaces.stream().map(ServedInterface::ifindex).collect(Collectors.toSet()),
                packetLengthLimit,
                LoggerFactory.getLogger(MtuWatch.class));
    }

    @Override
    public void onLinkChanged(final Link link) {
        next.onLinkChanged(link);
        final String warning = InterfaceState.mtuWarning(link.mtu(), packetLengthLimit);
        if (warning.isEmpty()) {
            told.remove(link.ifindex());
        } else if (served.contains(link.ifindex()) && told.add(link.ifindex())) {
            logger.warn("interface {} {}", link.name(), warning);
        }
    }

    @Override
    public void onLinkRemoved(final Link link) {
        next.onLinkRemoved(link);
    }

    @Override
    public void onRoutesChanged(final RouteTable routes) {
        next.onRoutesChanged(routes);
    }

    @Override
    public void onNeighbourChanged(final Neighbour neighbour) {
        next.onNeighbourChanged(neighbour);
    }

    @Override
    public void onAddressesChanged() {
        next.onAddressesChanged();
    }
}
