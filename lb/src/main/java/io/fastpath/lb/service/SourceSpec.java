package io.fastpath.lb.service;

import io.fastpath.lb.Address;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Whose connections a service takes, by the longest prefix that a source lies in. Immutable; any thread.
 *
 * @param isOpen whether those in none are taken
 * @param rules with distinct prefixes
 */
public record SourceSpec(boolean isOpen, List<Rule> rules) {
    /** All are taken. */
    public static final SourceSpec ALL = new SourceSpec(true, List.of());

    private static final int BITS = 128;
    private static final int MAPPED_BITS = 96;

    /**
     * A prefix that is taken.
     *
     * @param address whose bits beyond the length are 0
     * @param bits the length
     * @param service name of the service whose backends have it; null for the service's own
     */
    public record Rule(Address address, int bits, String service) {
        /** {@return the first address as a number} */
        BigInteger first() {
            return new BigInteger(1, mapped(address));
        }

        /** {@return the number behind the last address} */
        BigInteger end() {
            final int free = address.isIpv4() ? BITS - MAPPED_BITS - bits : BITS - bits;
            return first().add(BigInteger.ONE.shiftLeft(free));
        }
    }

    /**
     * A part of the address space.
     *
     * @param first its first address, as a number; it goes up to the next range
     * @param rule that counts there; null where none does
     */
    record Range(BigInteger first, Rule rule) {}

    /**
     * Copies the list.
     */
    public SourceSpec {
        rules = List.copyOf(rules);
    }

    /** {@return whether there is anything to look up} */
    public boolean isTrivial() {
        return isOpen && rules.isEmpty();
    }

    /**
     * Whether a source's flows are taken.
     *
     * @param source address
     * @return true if so
     */
    public boolean allows(final Address source) {
        return isOpen || rule(source) != null;
    }

    /**
     * The rule of the longest prefix that a source lies in.
     *
     * @param source address
     * @return null if it lies in none
     */
    public Rule rule(final Address source) {
        final BigInteger number = new BigInteger(1, mapped(source));
        return rules.stream()
                .filter(rule -> rule.address().isIpv4() == source.isIpv4())
                .filter(rule -> rule.first().compareTo(number) <= 0 && number.compareTo(rule.end()) < 0)
                .max(Comparator.comparingInt(Rule::bits))
                .orElse(null);
    }

    /** Prefixes within prefixes taken apart: the first range begins at 0, and neighbours differ. */
    List<Range> ranges() {
        final List<Rule> sorted = new ArrayList<>(rules);
        sorted.sort(Comparator.comparing(Rule::first).thenComparing(Rule::end, Comparator.reverseOrder()));
        final List<Range> ranges = new ArrayList<>();
        begin(ranges, BigInteger.ZERO, null);
        final Deque<Rule> open = new ArrayDeque<>();
        for (final Rule rule : sorted) {
            close(ranges, open, rule.first());
            begin(ranges, rule.first(), rule);
            open.push(rule);
        }
        close(ranges, open, BigInteger.ONE.shiftLeft(BITS));
        return ranges;
    }

    private static void close(final List<Range> ranges, final Deque<Rule> open, final BigInteger upTo) {
        while (!open.isEmpty() && open.peek().end().compareTo(upTo) <= 0) {
            final BigInteger end = open.pop().end();
            if (end.bitLength() <= BITS) {
                begin(ranges, end, open.peek());
            }
        }
    }

    private static void begin(final List<Range> ranges, final BigInteger first, final Rule rule) {
        if (!ranges.isEmpty() && ranges.get(ranges.size() - 1).first().equals(first)) {
            ranges.remove(ranges.size() - 1);
        }
        ranges.add(new Range(first, rule));
    }

    /** As it stands in memory: IPv4 mapped into IPv6. */
    private static byte[] mapped(final Address address) {
        return ByteBuffer.allocate(BITS / Byte.SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(address.word0())
                .putLong(address.word1())
                .array();
    }
}
