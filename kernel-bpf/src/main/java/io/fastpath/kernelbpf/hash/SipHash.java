package io.fastpath.kernelbpf.hash;

/**
 * SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012) over words of eight bytes: {@link
 * #begin}, then {@link #word} for each, then {@link #end}. Unlike the tuple hash it gives nothing of its key away to those
 * who see what it answers. C twin: {@code fp_siphash.h}. One thread.
 */
public final class SipHash {
    private static final int END_MARK = 0xff;
    private static final int LENGTH_SHIFT = 56;

    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    /**
     * A hash with a key.
     *
     * @param key0 its first eight bytes
     * @param key1 its last eight bytes
     */
    public SipHash(final long key0, final long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Begins a message. */
    public void begin() {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
    }

    /**
     * Takes the message's next eight bytes.
     *
     * @param word as they stand in memory
     */
    public void word(final long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    /**
     * Ends a message of whole words.
     *
     * @param length its bytes, a multiple of eight
     * @return the hash
     */
    public long end(final int length) {
        return endWith((long) length << LENGTH_SHIFT);
    }

    /** Ends a message by its last word: fewer than eight bytes, and the length in the highest. */
    long endWith(final long last) {
        word(last);
        v2 ^= END_MARK;
        round();
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
