package io.fastpath.afxdpnative.netlink;

/**
 * Decides when to read the kernel's tables anew, so that however many routes there are and however often they change, the
 * reading takes at most a tenth of the control thread's time. Pure; owned by one thread.
 */
final class RefreshPace {
    /** Rest after a reading, in multiples of its length: 10,000 routes take some 30 ms and are read 3 times a second. */
    static final int REST_FACTOR = 9;

    private long dueNs;
    private boolean hasRead;

    /** {@return whether a reading may begin} */
    boolean isDue(final long nowNs) {
        return !hasRead || nowNs - dueNs >= 0;
    }

    /** A reading took place. */
    void read(final long startNs, final long endNs) {
        hasRead = true;
        dueNs = endNs + REST_FACTOR * (endNs - startNs);
    }

    /** {@return how long until a reading may begin, in ms, rounded up} */
    int restMs(final long nowNs) {
        return isDue(nowNs) ? 0 : (int) Math.min((dueNs - nowNs + 999_999) / 1_000_000, Integer.MAX_VALUE);
    }
}
