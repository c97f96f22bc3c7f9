package io.fastpath.fastpath.nexthop;

/**
 * The kernel's routes, as a worker asks for them. An implementation allocates nothing, does not block and does not
 * throw; it may answer from a picture that is a moment old.
 */
@FunctionalInterface
public interface RouteLookup {
    /**
     * Finds the way to a destination.
     *
     * @param destination0 word 0 of the address
     * @param destination1 word 1 of the address
     * @param hop receives egress interface, gateway (the destination itself where it is on the link) and, where the
     *     route leaves by a VLAN device, the device's parent and tags; undefined if there is no route
     * @return whether there is a way to send there
     */
    boolean lookup(long destination0, long destination1, NextHopKey hop);
}
