package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.OpenDescriptor;
import io.fastpath.kernelbpf.layout.OpenLineDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Counts open connections, and says whether a service and a client may have another: {@code fp_open.h} tells how. It
 * allocates nothing and takes no lock; any thread. C twin: {@code fp_open_count.h}.
 */
public final class OpenFlows {
    private static final int WORDS = OpenLineDescriptor.LINES * OpenLineDescriptor.WAYS;
    private static final int SECOND = 0x9e37_79b1;

    private final SharedMemory opens;
    private final SharedMemory lines;
    private final TupleHash hash;

    /**
     * Views the counts.
     *
     * @param tables of an instance
     */
    public OpenFlows(final SharedTables tables) {
        opens = tables.region(MapNames.OPENS);
        lines = tables.region(MapNames.OPEN_LINES);
        hash = TupleHash.of(tables.region(MapNames.CONFIG), ConfigDescriptor.HASH_KEY_OFFSET);
    }

    /**
     * Counts a connection in or out.
     *
     * @param client0 client's address, word 0
     * @param client1 client's address, word 1
     * @param serviceIndex of its service
     * @param delta 1 or -1
     */
    public void add(final long client0, final long client1, final int serviceIndex, final int delta) {
        final long tag = tag(client0, client1, serviceIndex);
        opens.getAndAddInt(OpenDescriptor.recordOffset(serviceIndex) + OpenDescriptor.OPEN_COUNT_OFFSET, delta);
        lines.getAndAddInt(first(tag), delta);
        lines.getAndAddInt(second(tag), delta);
    }

    /** Whether a service has a limit at all. */
    boolean isLimited(final int serviceIndex) {
        return get(serviceIndex, OpenDescriptor.LIMIT_OFFSET) != 0
                || get(serviceIndex, OpenDescriptor.CLIENT_LIMIT_OFFSET) != 0;
    }

    /** What stands against another connection: 0, or a drop code. The client is asked first, as with rates. */
    int refusal(final int serviceIndex, final long client0, final long client1) {
        final int clientLimit = get(serviceIndex, OpenDescriptor.CLIENT_LIMIT_OFFSET);
        if (clientLimit != 0) {
            final long tag = tag(client0, client1, serviceIndex);
            if (Math.min(lines.getIntAcquire(first(tag)), lines.getIntAcquire(second(tag))) >= clientLimit) {
                return Verdict.DROP_OPEN_CLIENT;
            }
        }
        final int limit = get(serviceIndex, OpenDescriptor.LIMIT_OFFSET);
        return limit != 0 && get(serviceIndex, OpenDescriptor.OPEN_COUNT_OFFSET) >= limit
                ? Verdict.DROP_OPEN_SERVICE
                : 0;
    }

    private int get(final int serviceIndex, final int offset) {
        return opens.getIntAcquire(OpenDescriptor.recordOffset(serviceIndex) + offset);
    }

    private long tag(final long client0, final long client1, final int serviceIndex) {
        final long low = AddressDescriptor.isIpv4(client0, client1) ? client1 : 0;
        return hash.tag(client0, low, serviceIndex) | 1;
    }

    private static long first(final long tag) {
        return OpenLineDescriptor.wordOffset(TupleHash.slot((int) (tag >>> Integer.SIZE), WORDS));
    }

    /** The other half, spread anew: its low bits are worth less than the high ones. */
    private static long second(final long tag) {
        return OpenLineDescriptor.wordOffset(TupleHash.slot((int) tag * SECOND, WORDS));
    }
}
