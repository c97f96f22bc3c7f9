package io.fastpath.kernelbpf.layout;

/**
 * A prefix of the prefilter, IPv6: the key of a trie, as {@link Prefix4Descriptor}. C twin: {@code struct fp_prefix6}.
 *
 * <pre>
 *   0         4                                      20
 *  +---------+---------------------------------------+
 *  | length  | address                               |
 *  +---------+---------------------------------------+
 * </pre>
 */
public final class Prefix6Descriptor {
    /** Bytes of a key. */
    public static final int LENGTH = 20;

    /** u32: the prefix's length in bits. */
    public static final int BITS_OFFSET = 0;

    /** 16 bytes. In network order. */
    public static final int ADDRESS_OFFSET = 4;

    private Prefix6Descriptor() {}
}
