package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.Neighbour;
import io.fastpath.afxdpnative.netlink.NetworkListener;
import io.fastpath.afxdpnative.netlink.RouteTable;

/** Passes news on to a listener that comes later than the view: what it depends on is made from the view's first picture. */
final class NetworkRelay implements NetworkListener {
    private NetworkListener target = new NetworkListener() {};

    /** Names the listener, before the thread that polls the view is started. */
    void to(final NetworkListener listener) {
        target = listener;
    }

    @Override
    public void onRoutesChanged(final RouteTable table) {
        target.onRoutesChanged(table);
    }

    @Override
    public void onNeighbourChanged(final Neighbour neighbour) {
        target.onNeighbourChanged(neighbour);
    }

    @Override
    public void onLinkChanged(final Link link) {
        target.onLinkChanged(link);
    }

    @Override
    public void onLinkRemoved(final Link link) {
        target.onLinkRemoved(link);
    }
}
