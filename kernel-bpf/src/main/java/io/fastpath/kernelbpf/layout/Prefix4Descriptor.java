package io.fastpath.kernelbpf.layout;

/**
 * A prefix of the prefilter, IPv4: the key of a trie; and what is said of values for both families. The value, a u32, is
 * an action in its low byte, the prefix's length in the next, and a generation above. C twins: {@code struct fp_prefix4} and the rest of {@code
 * fp_prefix.h}.
 *
 * <pre>
 *   0         4         8
 *  +---------+---------+
 *  | length  | address |
 *  +---------+---------+
 * </pre>
 */
public final class Prefix4Descriptor {
    /** Bytes of a key. */
    public static final int LENGTH = 8;

    /** u32: the prefix's length in bits. */
    public static final int BITS_OFFSET = 0;

    /** u32: in network order. */
    public static final int ADDRESS_OFFSET = 4;

    /** Packets from here are dropped. */
    public static final int ACTION_DENY = 1;

    /** Packets from here are not, though a shorter prefix says so. */
    public static final int ACTION_ALLOW = 2;

    /** Where the action stands in a value. */
    public static final int ACTION_MASK = 0xff;

    /** Where the prefix's length begins in a value, 8 bits: a look-up doesn't tell it else. */
    public static final int BITS_SHIFT = 8;

    /** Where the generation begins in a value. */
    public static final int GENERATION_SHIFT = 16;

    /** Entries of a trie: a list of a million, and the one before it. */
    public static final int ENTRY_LIMIT = 1 << 21;

    /** The IPv4 trie has entries. */
    public static final int FLAG_IPV4 = 1;

    /** The IPv6 trie has entries. */
    public static final int FLAG_IPV6 = 2;

    private Prefix4Descriptor() {}
}
