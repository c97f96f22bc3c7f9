package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.RateDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.concurrent.TimeUnit;

/** The limits of services ({@link RateDescriptor}), as the control thread writes them while packets flow. */
public final class RateTable {
    /** New connections in a second at most, or no limit: more than any machine opens; an interval of 100 ns. */
    public static final int LIMIT = 10_000_000;

    private final SharedMemory memory;

    /**
     * Views the table.
     *
     * @param memory its region
     */
    public RateTable(final SharedMemory memory) {
        this.memory = memory;
    }

    /**
     * Limits a service.
     *
     * @param serviceIndex of it
     * @param perSecond new connections, 0 for any number
     * @param perSecondPerClient new connections of each client, 0 for any number
     */
    public void put(final int serviceIndex, final int perSecond, final int perSecondPerClient) {
        final long record = RateDescriptor.recordOffset(serviceIndex);
        memory.putLongRelease(record + RateDescriptor.INTERVAL_NS_OFFSET, intervalNs(perSecond));
        memory.putLongRelease(record + RateDescriptor.CLIENT_INTERVAL_NS_OFFSET, intervalNs(perSecondPerClient));
    }

    private static long intervalNs(final int perSecond) {
        if (perSecond < 0 || perSecond > LIMIT) {
            throw new IllegalArgumentException(perSecond + " in a second are not in 0.." + LIMIT);
        }
        return perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }
}
