package io.fastpath.lb;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * An IPv4 or IPv6 address, as the two memory words that {@link AddressDescriptor} draws; IPv4 is held mapped (RFC 4291,
 * 2.5.5.2). Immutable; any thread. The data path works on the bare words instead.
 */
public final class Address implements Comparable<Address> {
    private static final int IPV4_LENGTH = 4;
    private static final int IPV4_MAPPED_OFFSET = AddressDescriptor.LENGTH - IPV4_LENGTH;

    /** The last octet stands in the highest bits of its word: neighbours must not meet in one bucket. */
    private static final long HASH_SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final long word0;
    private final long word1;

    private Address(final long word0, final long word1) {
        this.word0 = word0;
        this.word1 = word1;
    }

    /**
     * The address of two memory words.
     *
     * @param word0 first word, as memory holds it
     * @param word1 second word
     * @return the address
     */
    public static Address ofWords(final long word0, final long word1) {
        return new Address(word0, word1);
    }

    /**
     * The address of its bytes.
     *
     * @param bytes 4 for IPv4 or 16 for IPv6, in network order
     * @return the address
     * @throws IllegalArgumentException for another length
     */
    public static Address ofBytes(final byte[] bytes) {
        if (bytes.length == IPV4_LENGTH) {
            return new Address(0, AddressDescriptor.ipv4Word1((int) littleEndian(bytes, 0, IPV4_LENGTH)));
        }
        if (bytes.length == AddressDescriptor.LENGTH) {
            return new Address(littleEndian(bytes, 0, Long.BYTES), littleEndian(bytes, Long.BYTES, Long.BYTES));
        }
        throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    }

    /**
     * The address that stands in shared memory.
     *
     * @param memory to read, by plain loads
     * @param offset of its first byte
     * @return the address
     */
    public static Address load(final SharedMemory memory, final long offset) {
        return new Address(memory.getLong(offset), memory.getLong(offset + AddressDescriptor.WORD1_OFFSET));
    }

    /**
     * The address that a text denotes; names are never resolved. IPv4 is four decimal octets without leading zeros
     * (some readers take those as octal), IPv6 any form of RFC 4291, 2.2. Zones, prefixes, brackets and IPv4-mapped
     * addresses are refused.
     *
     * @param text such as {@code 10.7.0.100} or {@code 2001:db8::1}
     * @return the address
     * @throws IllegalArgumentException that quotes the text and says what is wrong
     */
    public static Address parse(final String text) {
        return ofBytes(AddressParser.parse(text));
    }

    /**
     * Stores the address by plain stores.
     *
     * @param memory to write
     * @param offset of its first byte
     */
    public void store(final SharedMemory memory, final long offset) {
        memory.putLong(offset, word0);
        memory.putLong(offset + AddressDescriptor.WORD1_OFFSET, word1);
    }

    /**
     * First memory word.
     *
     * @return 0 for IPv4
     */
    public long word0() {
        return word0;
    }

    /**
     * Second memory word.
     *
     * @return as memory holds it
     */
    public long word1() {
        return word1;
    }

    /**
     * The bytes in network order.
     *
     * @return 4 for IPv4, 16 for IPv6
     */
    public byte[] bytes() {
        final int from = isIpv4() ? IPV4_MAPPED_OFFSET : 0;
        final byte[] bytes = new byte[AddressDescriptor.LENGTH - from];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) byteAt(from + i);
        }
        return bytes;
    }

    /**
     * The family.
     *
     * @return true for IPv4, false for IPv6
     */
    public boolean isIpv4() {
        return AddressDescriptor.isIpv4(word0, word1);
    }

    /**
     * Whether packets to this address can be forwarded: not unspecified (0.0.0.0/8, ::), loopback, multicast,
     * broadcast or reserved (240.0.0.0/4), and not link-local in IPv6 (RFC 6890; RFC 4291, 2.5.6).
     *
     * @return true for unicast addresses that a VIP or a backend can have
     */
    public boolean isForwardable() {
        if (isIpv4()) {
            final int first = byteAt(IPV4_MAPPED_OFFSET);
            return first != 0 && first != 127 && first < 224;
        }
        final boolean unspecifiedOrLoopback = word0 == 0 && Long.reverseBytes(word1) >>> 1 == 0;
        final boolean multicast = byteAt(0) == 0xff;
        final boolean linkLocal = byteAt(0) == 0xfe && (byteAt(1) & 0xc0) == 0x80;
        return !unspecifiedOrLoopback && !multicast && !linkLocal;
    }

    /**
     * Order of the 16 bytes in network order, unsigned.
     *
     * @param other to compare with
     * @return below, at or above 0
     */
    @Override
    public int compareTo(final Address other) {
        final int order = Long.compareUnsigned(Long.reverseBytes(word0), Long.reverseBytes(other.word0));
        return order != 0 ? order : Long.compareUnsigned(Long.reverseBytes(word1), Long.reverseBytes(other.word1));
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Address address && word0 == address.word0 && word1 == address.word1;
    }

    @Override
    public int hashCode() {
        final long words = word0 * 31 + word1;
        return (int) ((words ^ words >>> Integer.SIZE) * HASH_SPREAD >>> Integer.SIZE);
    }

    /**
     * The canonical text: dotted for IPv4, RFC 5952 for IPv6 (always hexadecimal).
     *
     * @return what {@link #parse} reads back
     */
    @Override
    public String toString() {
        return AddressFormatter.format(bytes());
    }

    private int byteAt(final int index) {
        final long word = index < Long.BYTES ? word0 : word1;
        return (int) (word >>> (index % Long.BYTES) * Byte.SIZE) & 0xff;
    }

    private static long littleEndian(final byte[] bytes, final int from, final int count) {
        long word = 0;
        for (int i = count - 1; i >= 0; i--) {
            word = word << Byte.SIZE | bytes[from + i] & 0xff;
        }
        return word;
    }
}
