package io.fastpath.afxdpnative.netlink;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Longest-prefix match as a search in sorted ranges. Prefixes nest, so n of them cut the 128-bit line into at most 2n + 1
 * ranges that each have one answer; a look-up is a binary search for the last range that starts at or before the address.
 *
 * <pre>
 *   prefixes      |------------------ /0: a ------------------|
 *                       |------- /8: b -------|
 *                             |- /24: c -|
 *   ranges        |  a  |  b  |    c     |  b  |      a       |
 * </pre>
 *
 * Immutable; any thread may search. Numbers are big-endian values, see {@link Prefixes}.
 */
final class PrefixRanges {
    /** The answer where no prefix matches. */
    static final int NONE = -1;

    private final long[] starts;
    private final int[] values;

    private PrefixRanges(final long[] starts, final int[] values) {
        this.starts = starts;
        this.values = values;
    }

    /** {@return the value of the longest prefix that holds the address, or {@link #NONE}} */
    int find(final long high, final long low) {
        int from = 0;
        int to = values.length - 1;
        while (from < to) {
            final int middle = (from + to + 1) >>> 1;
            if (Prefixes.compare(starts[2 * middle], starts[2 * middle + 1], high, low) <= 0) {
                from = middle;
            } else {
                to = middle - 1;
            }
        }
        return values[from];
    }

    /** Collects prefixes, each at most once, in any order. */
    static final class Builder {
        private final List<Prefix> prefixes = new ArrayList<>();
        private final List<Prefix> ranges = new ArrayList<>();
        private final Deque<Prefix> open = new ArrayDeque<>();

        /** Add a prefix with the value that its addresses get, {@link #NONE} included. */
        void add(final IpAddress prefix, final int prefixLength, final int value) {
            final long high = Long.reverseBytes(prefix.high());
            final long low = Long.reverseBytes(prefix.low());
            prefixes.add(new Prefix(high, low, prefixLength, value));
        }

        /** {@return the ranges} */
        PrefixRanges build() {
            prefixes.sort(Prefix.ORDER);
            open.clear();
            open.push(new Prefix(0, 0, 0, NONE));
            ranges.clear();
            ranges.add(open.peek());
            for (final Prefix prefix : prefixes) {
                closeBefore(prefix);
                open.push(prefix);
                startRange(prefix.high, prefix.low, prefix.value);
            }
            closeBefore(null);
            return toArrays();
        }

        private void closeBefore(final Prefix next) {
            while (open.size() > 1 && (next == null || !open.peek().holds(next))) {
                final Prefix ended = open.pop();
                final long low = ended.lastLow() + 1;
                final long high = ended.lastHigh() + (low == 0 ? 1 : 0);
                if ((high | low) != 0) {
                    startRange(high, low, open.peek().value);
                }
            }
        }

        private void startRange(final long high, final long low, final int value) {
            final Prefix last = ranges.get(ranges.size() - 1);
            final boolean sameStart = last.high == high && last.low == low;
            if (sameStart) {
                ranges.remove(ranges.size() - 1);
            }
            ranges.add(new Prefix(high, low, 0, value));
        }

        private PrefixRanges toArrays() {
            final long[] starts = new long[2 * ranges.size()];
            final int[] values = new int[ranges.size()];
            for (int i = 0; i < values.length; i++) {
                starts[2 * i] = ranges.get(i).high;
                starts[2 * i + 1] = ranges.get(i).low;
                values[i] = ranges.get(i).value;
            }
            return new PrefixRanges(starts, values);
        }
    }

    private record Prefix(long high, long low, int length, int value) {
        /** By first address; of those that begin together the widest first. */
        static final Comparator<Prefix> ORDER = (a, b) -> {
            final int order = Prefixes.compare(a.high, a.low, b.high, b.low);
            return order != 0 ? order : Integer.compare(a.length, b.length);
        };

        boolean holds(final Prefix other) {
            return (other.high & Prefixes.highMask(length)) == high && (other.low & Prefixes.lowMask(length)) == low;
        }

        long lastHigh() {
            return high | ~Prefixes.highMask(length);
        }

        long lastLow() {
            return low | ~Prefixes.lowMask(length);
        }
    }
}
