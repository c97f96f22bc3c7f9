package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.MapNames;

/**
 * Tables that an engine works on, and its time.
 *
 * @param tables of the engine
 * @param nowNs the time by which idle times are told
 */
public record EngineTables(SharedTables tables, long nowNs) {
    NextHopTable nextHops() {
        return new NextHopTable(
                tables.region(MapNames.NEXT_HOPS), tables.sizes().nextHopCapacity());
    }
}
