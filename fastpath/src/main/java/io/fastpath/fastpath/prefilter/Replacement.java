package io.fastpath.fastpath.prefilter;

import io.fastpath.kernelbpf.layout.Prefix4Descriptor;
import org.agrona.collections.LongArrayList;

/**
 * Brings the tries to a new list, a batch a step, while packets are looked up in them. At every moment each address has
 * the verdict that the old list gives it, or the one of the new list, and no third:
 *
 * <ol>
 *   <li>The new prefixes are entered beside the old ones, the longest first. So of those of the new list that an address
 *       lies in, the one that decides is the first to be there.
 *   <li>What is not of the new list is taken out, the shortest first. So of those of the old list that an address lies in,
 *       the one that decides is the last to go.
 * </ol>
 *
 * <p>In between, the longest of both lists decides, which is the one or the other's. What is left half done is made good by
 * the next replacement. One thread.
 */
final class Replacement {
    private enum Phase {
        PUT,
        FIND_STALE,
        DELETE,
        DONE
    }

    private final PrefixTrie[] tries;
    private final PrefixList next;
    private final PrefixList stale = new PrefixList();
    private final int generation;
    private final long[] counts = new long[2];
    private Phase phase = Phase.PUT;
    private int bucket = PrefixList.BUCKET_COUNT - 1;
    private boolean isAllowedSide;
    private int position;
    private int trieIndex;

    /** The generation is one that no entry has, 16 bits. */
    Replacement(final PrefixTrie[] tries, final PrefixList next, final int generation) {
        this.tries = tries;
        this.next = next;
        this.generation = generation;
        next.settle();
        for (final PrefixTrie trie : tries) {
            trie.rewind();
        }
    }

    /** Does a piece of the work; answers whether there is more. */
    boolean step() {
        switch (phase) {
            case PUT -> put();
            case FIND_STALE -> findStale();
            case DELETE -> delete();
            default -> {}
        }
        return phase != Phase.DONE;
    }

    /** How many entries a family has, once it is done. */
    long count(final int index) {
        return counts[index];
    }

    static int value(final boolean isAllowed, final int bits, final int generation) {
        final int action = isAllowed ? Prefix4Descriptor.ACTION_ALLOW : Prefix4Descriptor.ACTION_DENY;
        return generation << Prefix4Descriptor.GENERATION_SHIFT | bits << Prefix4Descriptor.BITS_SHIFT | action;
    }

    private void put() {
        final PrefixTrie trie = trieOf(bucket);
        if (fill(trie, next, value(isAllowedSide, PrefixList.bits(bucket), generation))) {
            trie.update();
            return;
        }
        trie.update();
        position = 0;
        if (!isAllowedSide) {
            isAllowedSide = true;
            return;
        }
        isAllowedSide = false;
        if (--bucket < 0) {
            phase = Phase.FIND_STALE;
        }
    }

    /** Fills the trie's batch; false when the bucket's side came to its end. */
    private boolean fill(final PrefixTrie trie, final PrefixList list, final int value) {
        final LongArrayList words = list.words(bucket, isAllowedSide);
        while (position < words.size()) {
            if (trie.isFull()) {
                return true;
            }
            trie.put(PrefixList.bits(bucket), words.getLong(position), words.getLong(position + 1), value);
            position += 2;
        }
        return false;
    }

    private void findStale() {
        final PrefixTrie trie = tries[trieIndex];
        final int found = trie.next();
        for (int i = 0; i < found; i++) {
            if (trie.value(i) >>> Prefix4Descriptor.GENERATION_SHIFT == generation) {
                counts[trieIndex]++;
            } else {
                stale.put(PrefixList.bucket(trie.isIpv4(), trie.bits(i)), trie.word0(i), trie.word1(i), false);
            }
        }
        if (found == 0 && ++trieIndex == tries.length) {
            phase = Phase.DELETE;
            bucket = 0;
            position = 0;
        }
    }

    private void delete() {
        final PrefixTrie trie = trieOf(bucket);
        final boolean more = fill(trie, stale, 0);
        trie.delete();
        if (more) {
            return;
        }
        position = 0;
        if (++bucket == PrefixList.BUCKET_COUNT) {
            phase = Phase.DONE;
        }
    }

    private PrefixTrie trieOf(final int bucket) {
        return PrefixList.isIpv4(bucket) ? tries[0] : tries[1];
    }
}
