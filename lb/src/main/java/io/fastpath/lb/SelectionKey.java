package io.fastpath.lb;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The key of the hash that picks Maglev slots: fixed, so that every machine picks the same backend for a tuple, and
 * {@code explain} needs no running instance. It is no secret: who knows it can aim flows at one backend, but not at
 * one slot of the flow table, whose key is random per boot.
 */
public final class SelectionKey {
    private static final long SEED = 0x6661_7374_7061_7468L; // "fastpath"
    private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

    private SelectionKey() {}

    /**
     * The key: SplitMix64 (G. Steele et al., OOPSLA 2014) from a fixed seed.
     *
     * @return {@link ConfigDescriptor#HASH_KEY_WORDS} words, a new array
     */
    public static long[] words() {
        return expand(SEED);
    }

    /**
     * The selection hash.
     *
     * @return the hash with this key
     */
    public static TupleHash hash() {
        return new TupleHash(words());
    }

    /**
     * Stores the key where both engines read it.
     *
     * @param config a {@link ConfigDescriptor} record that no program uses yet
     */
    public static void store(final SharedMemory config) {
        storeWords(config, ConfigDescriptor.SELECTION_KEY_OFFSET, words());
    }

    static void storeWords(final SharedMemory config, final long keyOffset, final long[] words) {
        for (int i = 0; i < words.length; i++) {
            config.putLong(keyOffset + (long) i * Long.BYTES, words[i]);
        }
    }

    static long[] expand(final long seed) {
        final long[] words = new long[ConfigDescriptor.HASH_KEY_WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = mix(seed + (i + 1) * STEP);
        }
        return words;
    }

    private static long mix(final long value) {
        final long first = (value ^ value >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        final long second = (first ^ first >>> 27) * 0x94d0_49bb_1331_11ebL;
        return second ^ second >>> 31;
    }
}
