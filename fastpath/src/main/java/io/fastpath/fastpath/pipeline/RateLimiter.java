package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.LimitDescriptor;
import io.fastpath.kernelbpf.layout.RateDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.concurrent.TimeUnit;

/**
 * Whether a service and a client may have another connection now: {@code fp_limit.h} tells how. It allocates nothing and
 * takes no lock; one thread per object, several on the same memory. C twin: {@code fp_rate_limit.h}.
 */
final class RateLimiter {
    private static final long BURST_NS = TimeUnit.SECONDS.toNanos(1);

    /** Who loses a word so often to others is let through. */
    private static final int ATTEMPTS = 4;

    private static final int UNTRACKED = Counter.LIMIT_UNTRACKED.code();

    private final SharedMemory rates;
    private final SharedMemory limits;
    private final TupleHash hash;
    private final CounterRow counters;

    RateLimiter(
            final SharedMemory config, final SharedMemory rates, final SharedMemory limits, final CounterRow counters) {
        this.rates = rates;
        this.limits = limits;
        this.counters = counters;
        hash = TupleHash.of(config, ConfigDescriptor.HASH_KEY_OFFSET);
    }

    /** The client is asked first: what it has too much of is nothing that the service's others should go without. */
    int refusal(final int serviceIndex, final long source0, final long source1, final long nowNs) {
        final long rate = RateDescriptor.recordOffset(serviceIndex);
        final long clientIntervalNs = rates.getLongAcquire(rate + RateDescriptor.CLIENT_INTERVAL_NS_OFFSET);
        if (clientIntervalNs != 0 && !clientMay(serviceIndex, source0, source1, clientIntervalNs, nowNs)) {
            return Verdict.DROP_RATE_CLIENT;
        }
        final long intervalNs = rates.getLongAcquire(rate + RateDescriptor.INTERVAL_NS_OFFSET);
        return intervalNs != 0 && !take(rates, rate + RateDescriptor.FULL_NS_OFFSET, intervalNs, nowNs)
                ? Verdict.DROP_RATE_SERVICE
                : 0;
    }

    private boolean clientMay(
            final int serviceIndex, final long source0, final long source1, final long intervalNs, final long nowNs) {
        final long low = AddressDescriptor.isIpv4(source0, source1) ? source1 : 0;
        final long hashed = hash.tag(source0, low, serviceIndex);
        final long tag = hashed == 0 ? 1 : hashed;
        final long line =
                LimitDescriptor.lineOffset(TupleHash.slot((int) (tag >>> Integer.SIZE), LimitDescriptor.LINES));
        final int place = place(line, tag, nowNs);
        if (place == LimitDescriptor.WAYS) {
            counters.increment(UNTRACKED);
            return true;
        }
        return take(limits, line + LimitDescriptor.FULL_NS_OFFSET + (long) place * Long.BYTES, intervalNs, nowNs);
    }

    /** The client's place, a free one made its own where it has none, or {@link LimitDescriptor#WAYS}. */
    private int place(final long line, final long tag, final long nowNs) {
        for (int i = 0; i < LimitDescriptor.WAYS; i++) {
            if (limits.getLongAcquire(line + LimitDescriptor.TAG_OFFSET + (long) i * Long.BYTES) == tag) {
                return i;
            }
        }
        for (int i = 0; i < LimitDescriptor.WAYS; i++) {
            final long word = line + (long) i * Long.BYTES;
            final long before = limits.getLongAcquire(word + LimitDescriptor.TAG_OFFSET);
            if (limits.getLongAcquire(word + LimitDescriptor.FULL_NS_OFFSET) <= nowNs
                    && limits.compareAndSetLong(word + LimitDescriptor.TAG_OFFSET, before, tag)) {
                return i;
            }
        }
        return LimitDescriptor.WAYS;
    }

    /** Takes one connection out of a bucket; answers false where it is empty. */
    static boolean take(final SharedMemory memory, final long offset, final long intervalNs, final long nowNs) {
        for (int i = 0; i < ATTEMPTS; i++) {
            final long before = memory.getLongAcquire(offset);
            final long next = Math.max(before, nowNs) + intervalNs;
            if (next > nowNs + BURST_NS) {
                return false;
            }
            if (memory.compareAndSetLong(offset, before, next)) {
                return true;
            }
        }
        return true;
    }
}
