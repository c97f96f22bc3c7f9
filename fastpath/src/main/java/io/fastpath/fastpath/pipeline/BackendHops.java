package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * The next hops of backends, kept in their records. Any worker may resolve one and store it by a plain store: a benign
 * race, since what several store at once are hops of the same backend. One thread per object.
 */
final class BackendHops {
    private final SharedMemory backends;
    private final Selector selector;
    private final NextHopTable hops;
    private final NextHopResolver resolver;

    BackendHops(
            final SharedMemory backends,
            final Selector selector,
            final NextHopTable hops,
            final NextHopResolver resolver) {
        this.backends = backends;
        this.selector = selector;
        this.hops = hops;
        this.resolver = resolver;
    }

    /** The hop that a backend's record has, in whatever state. */
    int stored(final int backendIndex) {
        return selector.nextHopIndex(backendIndex);
    }

    /** A backend's hop, resolved anew if the stored one is not current, or one of the resolver's failures. */
    int current(final int backendIndex, final long nowNs) {
        final int stored = stored(backendIndex);
        if (NextHopTable.isCurrent(hops.state(stored))) {
            return stored;
        }
        final long address0 = selector.backendAddress0(backendIndex);
        final long address1 = selector.backendAddress1(backendIndex);
        final int index = resolver.resolve(address0, address1, stored, nowNs);
        if (index > NextHopTable.NOT_RESOLVED) {
            store(backendIndex, index);
            if (selector.backendAddress0(backendIndex) != address0
                    || selector.backendAddress1(backendIndex) != address1) {
                store(backendIndex, NextHopTable.NOT_RESOLVED); // the index was given to another backend meanwhile
            }
        }
        return index;
    }

    private void store(final int backendIndex, final int hopIndex) {
        backends.putShort(
                BackendDescriptor.recordOffset(backendIndex) + BackendDescriptor.NEXT_HOP_INDEX_OFFSET,
                (short) hopIndex);
    }
}
