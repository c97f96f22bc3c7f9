package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.lb.Address;

/**
 * A virtual address, or a prefix of them. Immutable; any thread.
 *
 * @param address of a prefix the first
 * @param hostBits how many of the last bits don't count; 0 for a single address
 */
public record Vip(Address address, int hostBits) {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = AddressDescriptor.LENGTH * Byte.SIZE;

    /** The shortest prefixes: of IPv4 the largest blocks ever given away, of IPv6 what a provider gets at least. */
    private static final int IPV4_LENGTH_MIN = 8;

    private static final int IPV6_LENGTH_MIN = 32;

    /**
     * Checks the prefix.
     *
     * @throws IllegalArgumentException that says what is allowed
     */
    public Vip {
        if (!address.isForwardable()) {
            throw new IllegalArgumentException("VIP " + address
                    + " can't be one; allowed is a unicast address that is not loopback or IPv6 link-local");
        }
        final int bits = address.isIpv4() ? IPV4_BITS : IPV6_BITS;
        final int lowest = address.isIpv4() ? IPV4_LENGTH_MIN : IPV6_LENGTH_MIN;
        if (hostBits < 0 || bits - hostBits < lowest) {
            throw new IllegalArgumentException("VIP prefix " + address + "/" + (bits - hostBits) + " is not of "
                    + lowest + " to " + bits + " bits");
        }
        final Address masked = mask(address, hostBits);
        if (!masked.equals(address)) {
            throw new IllegalArgumentException("VIP prefix " + address + "/" + (bits - hostBits)
                    + " has bits behind its length; " + masked + "/" + (bits - hostBits) + " has none");
        }
    }

    /**
     * A single address.
     *
     * @param address the VIP
     */
    public Vip(final Address address) {
        this(address, 0);
    }

    /**
     * Parses an address, or a prefix such as {@code 10.9.0.0/24}.
     *
     * @param text from outside
     * @return the VIP
     * @throws IllegalArgumentException that says what is wrong
     */
    public static Vip parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            return new Vip(Address.parse(text));
        }
        final Address address = Address.parse(text.substring(0, slash));
        final String length = text.substring(slash + 1);
        if (!length.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("prefix length " + length + " is not a number");
        }
        return new Vip(address, (address.isIpv4() ? IPV4_BITS : IPV6_BITS) - Integer.parseInt(length));
    }

    /**
     * Whether it is one address.
     *
     * @return false for a prefix
     */
    public boolean isSingle() {
        return hostBits == 0;
    }

    /**
     * Whether an address is one of it.
     *
     * @param other to look for
     * @return true if the family and all bits of the prefix are the same
     */
    public boolean contains(final Address other) {
        return other.isIpv4() == address.isIpv4() && mask(other, hostBits).equals(address);
    }

    private static Address mask(final Address address, final int hostBits) {
        return Address.ofWords(mask0(address.word0(), hostBits), mask1(address.word1(), hostBits));
    }

    /**
     * Clears the last bits of an address.
     *
     * @param word0 its first word
     * @param hostBits of the whole address
     * @return the first word of the prefix
     */
    public static long mask0(final long word0, final int hostBits) {
        final int inWord = Math.max(0, hostBits - Long.SIZE);
        return word0 & Long.reverseBytes(-1L << inWord);
    }

    /**
     * Clears the last bits of an address.
     *
     * @param word1 its second word
     * @param hostBits of the whole address
     * @return the second word of the prefix
     */
    public static long mask1(final long word1, final int hostBits) {
        return hostBits >= Long.SIZE ? 0 : word1 & Long.reverseBytes(-1L << hostBits);
    }

    /**
     * The usual text.
     *
     * @return {@code 10.7.0.100} or {@code 10.9.0.0/24}
     */
    @Override
    public String toString() {
        return isSingle()
                ? address.toString()
                : address + "/" + ((address.isIpv4() ? IPV4_BITS : IPV6_BITS) - hostBits);
    }
}
