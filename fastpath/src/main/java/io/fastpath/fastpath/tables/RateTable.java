package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.RateDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.concurrent.TimeUnit;

/** The limits of services ({@link RateDescriptor}), as the control thread writes them while packets flow. */
public final class RateTable {
    /** New connections in a second at most, or no limit: more than any machine opens; an interval of 100 ns. */
    public static final int LIMIT = 10_000_000;

    /** More than any bucket holds. */
    private static final long NO_BUCKET_NS = TimeUnit.SECONDS.toNanos(2);

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

    /**
     * Says when a service's SYNs are answered with cookies.
     *
     * @param serviceIndex of it
     * @param isEver whether they may be
     * @param above SYNs in a second that are let in before; 0 for none
     */
    public void cookies(final int serviceIndex, final boolean isEver, final int above) {
        final long intervalNs = above == 0 ? NO_BUCKET_NS : intervalNs(above);
        memory.putLongRelease(
                RateDescriptor.recordOffset(serviceIndex) + RateDescriptor.SYN_INTERVAL_NS_OFFSET,
                isEver ? intervalNs : 0);
    }

    private static long intervalNs(final int perSecond) {
        if (perSecond < 0 || perSecond > LIMIT) {
            throw new IllegalArgumentException(perSecond + " in a second are not in 0.." + LIMIT);
        }
        return perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }
}
