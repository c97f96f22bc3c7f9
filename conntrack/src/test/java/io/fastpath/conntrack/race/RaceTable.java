package io.fastpath.conntrack.race;

import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;

import io.fastpath.conntrack.CountingEvents;
import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.RaceChecks;
import io.fastpath.conntrack.TestWorld;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A flow table for two actors, each with a view of its own. Tables come from a ring, because their memory is never
 * freed: by the time one is handed out again, the state that had it is long forgotten.
 */
final class RaceTable {
    static final int NOW = 7;
    static final int PORT = 40_000;

    private static final int RING_LENGTH = 2048;
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final RaceTable[] RING = new RaceTable[RING_LENGTH];
    private static final long CLIENT = ipv4(192, 0, 2, 1);
    private static final long VIP = ipv4(10, 7, 0, 1);
    private static final int SERVICE = 5;
    private static final int BACKEND = 3;

    final FlowTable first;
    final FlowTable second;
    private final TestWorld world = new TestWorld(FlowTable.SLOT_COUNT_MIN, 77);

    private RaceTable() {
        first = world.table(new CountingEvents());
        second = world.table(new CountingEvents());
    }

    /** An empty table. */
    static RaceTable next() {
        final int index = Math.floorMod(NEXT.getAndIncrement(), RING_LENGTH);
        synchronized (RING) {
            if (RING[index] == null) {
                RING[index] = new RaceTable();
            }
        }
        RaceChecks.clear(RING[index].world);
        return RING[index];
    }

    static long open(final FlowTable table, final int port, final int mode) {
        return table.open(0, CLIENT, 0, VIP, ports(port, 80), TCP, SERVICE, BACKEND, mode, NOW);
    }

    static long find(final FlowTable table, final int port) {
        return table.find(0, CLIENT, 0, VIP, ports(port, 80), TCP);
    }

    /** The handle of the reply direction. */
    long findReply(final FlowTable table, final int port) {
        return RaceChecks.findReply(world, table, find(table, port));
    }

    /** Whether an open entered the connection itself. */
    static boolean isFresh(final long handle) {
        return FlowHandle.isFlow(handle) && !FlowHandle.isExisting(handle);
    }

    /** Live connections; -1 if the table is not consistent. */
    int connections() {
        return RaceChecks.connections(world);
    }

    /** 0 if the connection is not there or went while it was read, 1 if all of it was read, 2 if a mixture was. */
    static int read(final FlowTable table, final int port) {
        final long handle = find(table, port);
        if (!FlowHandle.isFlow(handle)) {
            return 0;
        }
        final int slot = FlowHandle.slotIndex(handle);
        final FlowFields fields = table.fields();
        final boolean isWhole = fields.client0(slot) == 0
                && fields.client1(slot) == CLIENT
                && fields.vip0(slot) == 0
                && fields.vip1(slot) == VIP
                && (fields.clientPortBe(slot) | fields.vipPortBe(slot) << 16) == ports(port, 80)
                && fields.snatPortBe(slot) != 0
                && fields.snatIndex(slot) < 2
                && fields.backendIndex(slot) == BACKEND
                && fields.serviceIndex(slot) == SERVICE
                && fields.protocol(slot) == TCP
                && fields.peerIndex(fields.peerIndex(slot)) == slot;
        if (!table.stillValid(handle)) {
            return 0;
        }
        return isWhole ? 1 : 2;
    }
}
