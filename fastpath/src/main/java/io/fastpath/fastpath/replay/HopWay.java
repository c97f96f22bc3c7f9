package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.nexthop.NextHopTable;

/**
 * Where a next hop leads, whatever its place in the table and whoever told of it. MACs and tags as they stand in memory.
 */
record HopWay(int ifindex, long macWord, int sourceMacTail, int mtu, int tagCount, int outerTag, int innerTag) {
    /** The way of a hop, or null if it can't be used. */
    static HopWay of(final NextHopTable hops, final int hopIndex) {
        if (!NextHopTable.isUsable(hops.state(hopIndex))) {
            return null;
        }
        return new HopWay(
                hops.ifindex(hopIndex),
                hops.macWord(hopIndex),
                hops.sourceMacTail(hopIndex),
                hops.mtu(hopIndex),
                hops.tagCount(hopIndex),
                hops.outerTag(hopIndex),
                hops.innerTag(hopIndex));
    }
}
