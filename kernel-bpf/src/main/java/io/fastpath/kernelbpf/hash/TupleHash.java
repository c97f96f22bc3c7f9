package io.fastpath.kernelbpf.hash;

import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The keyed tuple hash, the same in both engines: pair-multiply-shift over the tuple's 32-bit halves (M. Thorup,
 * "High Speed Hashing for Integers and Strings", arXiv:1504.06804, section 3), strongly universal for a random key,
 * and one multiplication to spread it. C twin: {@code fp_hash.h}. Immutable; any thread.
 */
public final class TupleHash {
    private static final long SPREAD = 0xd6e8feb86659fd93L;
    private static final long LOW_HALF = 0xffff_ffffL;

    private final long key0;
    private final long key1;
    private final long key2;
    private final long key3;
    private final long key4;
    private final long key5;
    private final long key6;
    private final long key7;
    private final long key8;
    private final long key9;
    private final long key10;

    /**
     * A hash with a key.
     *
     * @param key {@link ConfigDescriptor#HASH_KEY_WORDS} words
     */
    public TupleHash(final long[] key) {
        if (key.length != ConfigDescriptor.HASH_KEY_WORDS) {
            throw new IllegalArgumentException(
                    "a hash key has " + ConfigDescriptor.HASH_KEY_WORDS + " words, not " + key.length);
        }
        key0 = key[0];
        key1 = key[1];
        key2 = key[2];
        key3 = key[3];
        key4 = key[4];
        key5 = key[5];
        key6 = key[6];
        key7 = key[7];
        key8 = key[8];
        key9 = key[9];
        key10 = key[10];
    }

    /**
     * The hash whose key stands in a configuration record.
     *
     * @param config the record's memory
     * @param keyOffset {@link ConfigDescriptor#HASH_KEY_OFFSET} or {@link ConfigDescriptor#SELECTION_KEY_OFFSET}
     * @return the hash
     */
    public static TupleHash of(final SharedMemory config, final int keyOffset) {
        final long[] key = new long[ConfigDescriptor.HASH_KEY_WORDS];
        for (int i = 0; i < key.length; i++) {
            key[i] = config.getLong(keyOffset + (long) i * Long.BYTES);
        }
        return new TupleHash(key);
    }

    /**
     * Hash of a tuple.
     *
     * @param source0 source address, word 0 as in {@code AddressDescriptor}
     * @param source1 source address, word 1
     * @param destination0 destination address, word 0
     * @param destination1 destination address, word 1
     * @param ports source port in the low 16 bits, destination port above, both as they stand in memory
     * @param protocol IP protocol number
     * @return 32 bits
     */
    public int hash(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        final long sum = key10
                + lane(key0, key1, source0)
                + lane(key2, key3, source1)
                + lane(key4, key5, destination0)
                + lane(key6, key7, destination1)
                + (key8 + (ports & LOW_HALF)) * (key9 + protocol);
        return (int) (((sum ^ (sum >>> 32)) * SPREAD) >>> 32);
    }

    /**
     * Hash of three words, with the spread's low bits too: what tells them from others, nearly.
     *
     * @param word0 any
     * @param word1 any
     * @param word2 any
     * @return 64 bits, of which the high ones are the better
     */
    public long tag(final long word0, final long word1, final long word2) {
        final long sum = key10 + lane(key0, key1, word0) + lane(key2, key3, word1) + lane(key4, key5, word2);
        return (sum ^ (sum >>> 32)) * SPREAD;
    }

    /**
     * Maps a hash onto a table without a division.
     *
     * @param hash all 32 bits used
     * @param slotCount above 0
     * @return from 0 to slotCount - 1
     */
    public static int slot(final int hash, final int slotCount) {
        return (int) ((hash & LOW_HALF) * slotCount >>> 32);
    }

    private static long lane(final long keyLow, final long keyHigh, final long lane) {
        return (keyLow + (lane & LOW_HALF)) * (keyHigh + (lane >>> 32));
    }
}
