package io.fastpath.fastpath.prefilter;

import io.fastpath.lb.Address;
import java.util.HashSet;
import java.util.Set;
import org.agrona.collections.LongArrayList;

/**
 * Prefixes to deny and to allow, by their lengths: two words each in arrays, as there may be millions. One thread; whoever
 * has filled it hands it on.
 */
public final class PrefixList {
    /** Prefixes of a family at most: the tries have room for a list and its successor. */
    public static final int LIMIT = 1 << 20;

    /** Places for the lengths 0 to 32, then 0 to 128. */
    static final int BUCKET_COUNT = Prefix.IPV4_BITS + 1 + Prefix.IPV6_BITS + 1;

    private static final int IPV6_BUCKET = Prefix.IPV4_BITS + 1;
    private static final LongArrayList NONE = new LongArrayList(0, Long.MIN_VALUE);

    private final LongArrayList[] denied = new LongArrayList[BUCKET_COUNT];
    private final LongArrayList[] allowed = new LongArrayList[BUCKET_COUNT];
    private int ipv4Count;
    private int ipv6Count;

    /**
     * Adds a prefix; where one is both denied and allowed, it is allowed.
     *
     * @param prefix to add.
     * @param isAllowed or else denied.
     * @throws IllegalArgumentException if there are {@link #LIMIT} of its family
     */
    public void add(final Prefix prefix, final boolean isAllowed) {
        final boolean isIpv4 = prefix.address().isIpv4();
        if ((isIpv4 ? ipv4Count : ipv6Count) >= LIMIT) {
            throw new IllegalArgumentException(
                    "there are more than " + LIMIT + (isIpv4 ? " IPv4" : " IPv6") + " prefixes in all");
        }
        ipv4Count += isIpv4 ? 1 : 0;
        ipv6Count += isIpv4 ? 0 : 1;
        put(
                bucket(isIpv4, prefix.bits()),
                prefix.address().word0(),
                prefix.address().word1(),
                isAllowed);
    }

    /** What is left over of an older list; there is no limit but the tries'. */
    void put(final int bucket, final long word0, final long word1, final boolean isAllowed) {
        final LongArrayList[] side = isAllowed ? allowed : denied;
        if (side[bucket] == null) {
            side[bucket] = new LongArrayList();
        }
        side[bucket].addLong(word0);
        side[bucket].addLong(word1);
    }

    /** Takes out what is denied and allowed at once. */
    void settle() {
        for (int bucket = 0; bucket < BUCKET_COUNT; bucket++) {
            if (denied[bucket] != null && allowed[bucket] != null) {
                denied[bucket] = without(denied[bucket], allowed[bucket]);
            }
        }
    }

    private static LongArrayList without(final LongArrayList from, final LongArrayList others) {
        final Set<Address> known = new HashSet<>();
        for (int i = 0; i < others.size(); i += 2) {
            known.add(Address.ofWords(others.getLong(i), others.getLong(i + 1)));
        }
        final LongArrayList rest = new LongArrayList();
        for (int i = 0; i < from.size(); i += 2) {
            if (!known.contains(Address.ofWords(from.getLong(i), from.getLong(i + 1)))) {
                rest.addLong(from.getLong(i));
                rest.addLong(from.getLong(i + 1));
            }
        }
        return rest;
    }

    /** The words of a length's prefixes, two for each. */
    LongArrayList words(final int bucket, final boolean isAllowed) {
        final LongArrayList words = (isAllowed ? allowed : denied)[bucket];
        return words == null ? NONE : words;
    }

    static int bucket(final boolean isIpv4, final int bits) {
        return isIpv4 ? bits : IPV6_BUCKET + bits;
    }

    static boolean isIpv4(final int bucket) {
        return bucket < IPV6_BUCKET;
    }

    static int bits(final int bucket) {
        return isIpv4(bucket) ? bucket : bucket - IPV6_BUCKET;
    }

    /**
     * {@return how many were added}
     *
     * @param isIpv4 or else IPv6.
     */
    public int count(final boolean isIpv4) {
        return isIpv4 ? ipv4Count : ipv6Count;
    }

    /**
     * {@return whether every address of a family is denied, but for what longer prefixes say}
     *
     * @param isIpv4 or else IPv6.
     */
    public boolean deniesAll(final boolean isIpv4) {
        return words(bucket(isIpv4, 0), false).size() > 0;
    }
}
