package io.fastpath.fastpath.prefilter;

import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.kernelbpf.layout.Prefix4Descriptor;
import io.fastpath.lb.Address;
import java.util.List;

/**
 * The prefilter of an instance: the kernel's tries, and the flags in the control record that have XDP ask them. One thread
 * at a time: the starting one, then the control server's. A replacement that nobody goes on with is brought to its end by
 * the next call.
 */
public final class Prefilter implements AutoCloseable {
    private static final int GENERATION_MASK = -1 >>> Prefix4Descriptor.GENERATION_SHIFT;

    private final PrefixTrie[] tries;
    private final ControlRecord control;
    private final long[] counts = new long[2];
    private Replacement pending;

    /**
     * Views the tries, which may have entries.
     *
     * @param deny4 the IPv4 trie; outlives this.
     * @param deny6 the IPv6 trie.
     * @param control of the instance.
     */
    public Prefilter(final BpfMap deny4, final BpfMap deny6, final ControlRecord control) {
        tries = new PrefixTrie[] {new PrefixTrie(true, deny4), new PrefixTrie(false, deny6)};
        this.control = control;
        if (control.prefilterFlags() != 0) {
            count();
        }
    }

    /** An entry. */
    public record Entry(Prefix prefix, boolean isAllowed) {}

    /**
     * Begins to bring the tries to a list; {@link #step} does the work.
     *
     * @param list filled.
     */
    public void replace(final PrefixList list) {
        finish();
        final int generation = control.prefilterGeneration() + 1 & GENERATION_MASK;
        control.prefilterGeneration(generation);
        int flags = control.prefilterFlags();
        flags |= list.count(true) > 0 ? Prefix4Descriptor.FLAG_IPV4 : 0;
        flags |= list.count(false) > 0 ? Prefix4Descriptor.FLAG_IPV6 : 0;
        control.prefilterFlags(flags);
        pending = new Replacement(tries, list, generation);
    }

    /** {@return whether there is more to do, after a piece of a replacement of some milliseconds} */
    public boolean step() {
        if (pending == null) {
            return false;
        }
        boolean isOver = true;
        try {
            isOver = !pending.step();
        } finally {
            if (isOver) {
                counts[0] = pending.count(0);
                counts[1] = pending.count(1);
                pending = null;
            }
        }
        if (isOver) {
            flag();
        }
        return !isOver;
    }

    private void finish() {
        while (step()) {
            Thread.onSpinWait();
        }
    }

    /**
     * Enters a prefix, or changes what is said of it.
     *
     * @param prefix to enter.
     * @param isAllowed or else denied.
     * @throws IllegalArgumentException if the list is full
     */
    public void add(final Prefix prefix, final boolean isAllowed) {
        finish();
        final int index = prefix.address().isIpv4() ? 0 : 1;
        final boolean isThere = tries[index].contains(prefix);
        if (!isThere && counts[index] >= PrefixList.LIMIT) {
            throw new IllegalArgumentException("the list has " + counts[index] + " prefixes of the family already");
        }
        control.prefilterFlags(control.prefilterFlags() | 1 << index);
        tries[index].put(
                prefix.bits(),
                prefix.address().word0(),
                prefix.address().word1(),
                Replacement.value(isAllowed, prefix.bits(), control.prefilterGeneration()));
        tries[index].update();
        counts[index] += isThere ? 0 : 1;
    }

    /**
     * Takes a prefix out.
     *
     * @param prefix exactly.
     * @return whether it was there.
     */
    public boolean remove(final Prefix prefix) {
        finish();
        final int index = prefix.address().isIpv4() ? 0 : 1;
        final boolean wasThere = tries[index].remove(prefix);
        counts[index] -= wasThere ? 1 : 0;
        flag();
        return wasThere;
    }

    /** Makes {@link #read} begin with the first entry of each family. */
    public void rewind() {
        finish();
        tries[0].rewind();
        tries[1].rewind();
    }

    /**
     * Reads the next entries, in the tries' order.
     *
     * @param isIpv4 or else IPv6.
     * @param entries takes them.
     * @return whether there may be more of the family.
     */
    public boolean read(final boolean isIpv4, final List<Entry> entries) {
        final PrefixTrie trie = tries[isIpv4 ? 0 : 1];
        final int found = trie.next();
        for (int i = 0; i < found; i++) {
            final Prefix prefix = new Prefix(Address.ofWords(trie.word0(i), trie.word1(i)), trie.bits(i));
            entries.add(new Entry(
                    prefix, (trie.value(i) & Prefix4Descriptor.ACTION_MASK) == Prefix4Descriptor.ACTION_ALLOW));
        }
        return found > 0;
    }

    /**
     * {@return how many entries there are; while a replacement is under way, there were}
     *
     * @param isIpv4 or else IPv6.
     */
    public long count(final boolean isIpv4) {
        return counts[isIpv4 ? 0 : 1];
    }

    private void count() {
        for (int index = 0; index < tries.length; index++) {
            tries[index].rewind();
            for (int found = tries[index].next(); found > 0; found = tries[index].next()) {
                counts[index] += found;
            }
        }
    }

    /** An empty trie is not asked. */
    private void flag() {
        control.prefilterFlags(
                (counts[0] > 0 ? Prefix4Descriptor.FLAG_IPV4 : 0) | (counts[1] > 0 ? Prefix4Descriptor.FLAG_IPV6 : 0));
    }

    @Override
    public void close() {
        tries[0].close();
        tries[1].close();
    }
}
