package io.fastpath.afxdpnative.netlink;

/**
 * An entry of the kernel's ARP or neighbour-discovery table. Immutable.
 *
 * @param ifindex interface.
 * @param address of the neighbour.
 * @param mac its Ethernet address, or {@link MacAddress#NONE} where it isn't known.
 * @param state bits of {@link NeighbourState}; {@link NeighbourState#NONE} in the news of its removal.
 */
public record Neighbour(int ifindex, IpAddress address, long mac, int state) {
    /** {@return whether frames can be sent to {@link #mac()}} */
    public boolean isUsable() {
        return mac != MacAddress.NONE && NeighbourState.isValid(state);
    }
}
