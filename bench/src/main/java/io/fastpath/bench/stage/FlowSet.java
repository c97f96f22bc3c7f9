package io.fastpath.bench.stage;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;

/**
 * A flow table that holds TCP connections number 0 and up, without a pipeline around it. About one of a million finds no
 * room, or gives way to another, as {@code FlowTableSizing} says: benchmarks bear with that. One thread.
 */
public final class FlowSet {
    /** Of so many connections, one may be missing. */
    public static final int MISSING_LIMIT = 1000;

    private static final int PROTOCOL = Protocol.TCP.number();
    private static final int NOW_TICKS = FlowDescriptor.ticks(System.nanoTime());

    private final MemoryBalancer balancer;
    private final FlowTable table;
    private final int serviceIndex;
    private final int[] backendIndices;
    private final int forwardingCode;

    /**
     * A table at its capacity, or below.
     *
     * @param flowCount connections that it holds
     * @param spareCount how many more there is room for
     * @param forwarding of all of them
     */
    public FlowSet(final int flowCount, final int spareCount, final Forwarding forwarding) {
        balancer = new MemoryBalancer(flowCount + spareCount, forwarding);
        table = balancer.flowTable();
        serviceIndex = balancer.serviceIndex(Protocol.TCP);
        backendIndices = balancer.backendIndices(Protocol.TCP);
        forwardingCode = forwarding.code();
        int missingCount = 0;
        for (int number = 0; number < flowCount; number++) {
            missingCount += open(number) ? 0 : 1;
        }
        if (missingCount > flowCount / MISSING_LIMIT) {
            throw new IllegalStateException(missingCount + " of " + flowCount + " connections could not be opened");
        }
    }

    /**
     * The table.
     *
     * @return for look-ups in steps
     */
    public FlowTable table() {
        return table;
    }

    /**
     * What the table takes.
     *
     * @return bytes, free slots included
     */
    public long length() {
        return balancer.flowTableLength();
    }

    /**
     * Opens a connection.
     *
     * @param number which is not there yet
     * @return false if there was no room
     */
    public boolean open(final int number) {
        final long handle = table.open(
                0,
                Connections.clientWord1(number),
                0,
                MemoryBalancer.vipWord1(),
                Connections.ports(number, MemoryBalancer.VIP_PORT_BE),
                PROTOCOL,
                serviceIndex,
                backendIndices[number % MemoryBalancer.BACKEND_COUNT],
                forwardingCode,
                NOW_TICKS);
        return FlowHandle.isFlow(handle);
    }

    /**
     * Looks a connection up by the tuple of its requests, all steps at once.
     *
     * @param number of the connection
     * @return its handle, or NOT_FOUND
     */
    public long find(final int number) {
        return table.find(
                0,
                Connections.clientWord1(number),
                0,
                MemoryBalancer.vipWord1(),
                Connections.ports(number, MemoryBalancer.VIP_PORT_BE),
                PROTOCOL);
    }

    /**
     * Looks a connection up and removes it, both directions.
     *
     * @param number of the connection
     * @return false if it was not there
     */
    public boolean remove(final int number) {
        final long handle = find(number);
        return FlowHandle.isFlow(handle) && table.remove(handle, NOW_TICKS);
    }
}
