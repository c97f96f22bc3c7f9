package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.Link;
import java.util.Optional;

/**
 * How an interface that is served does now; it was fit at the start. Pure.
 *
 * @param label up, no-carrier, down or gone
 * @param mtu in bytes; 0 where it is gone
 * @param warning what is wrong and what to do, to be read after the interface's name; empty where nothing is
 */
record InterfaceState(String label, int mtu, String warning) {
    /**
     * The state of an interface.
     *
     * @param name of it
     * @param link as the kernel tells it now; empty if it doesn't know it any more
     * @param packetLengthLimit longest packet that fits a frame
     * @return the state
     */
    static InterfaceState of(final String name, final Optional<Link> link, final int packetLengthLimit) {
        if (link.isEmpty()) {
            return new InterfaceState("gone", 0, "is gone, and with it its queues: restart once it is back");
        }
        final int mtu = link.get().mtu();
        if (!link.get().isUp()) {
            return new InterfaceState("down", mtu, "is down: `ip link set " + name + " up`");
        }
        if (!link.get().hasCarrier()) {
            return new InterfaceState("no-carrier", mtu, "has no carrier: look at the cable, or the other end");
        }
        return new InterfaceState("up", mtu, mtuWarning(mtu, packetLengthLimit));
    }

    /** What is to be said of an MTU; empty if all packets fit a frame. */
    static String mtuWarning(final int mtu, final int packetLengthLimit) {
        final int mtuLimit = packetLengthLimit - ServedInterface.LINK_HEADER_LENGTH;
        return mtu <= mtuLimit
                ? ""
                : "has an MTU of " + mtu + ", but a frame holds packets of up to " + mtuLimit
                        + ", and longer ones are lost: lower the MTU, or set `umem.frameSize` to 4096 and restart";
    }
}
