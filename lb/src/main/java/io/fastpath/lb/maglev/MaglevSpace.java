package io.fastpath.lb.maglev;

import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which parts of the Maglev array are free: first fit, in whole lines of
 * {@link ServiceDescriptor#MAGLEV_LINE_ENTRIES} entries. Bookkeeping only, it touches no shared memory. One thread.
 */
public final class MaglevSpace {
    /** Answer of {@link #claim} when nothing fits. */
    public static final int FULL = -1;

    private static final int LINE = ServiceDescriptor.MAGLEV_LINE_ENTRIES;

    private final TreeMap<Integer, Integer> freeCountByFirst = new TreeMap<>(); // in lines

    /**
     * An empty space.
     *
     * @param entryCount of the Maglev array; an incomplete line at the end is not used
     */
    public MaglevSpace(final int entryCount) {
        if (entryCount >= LINE) {
            freeCountByFirst.put(0, entryCount / LINE);
        }
    }

    /**
     * Entries that a copy takes up.
     *
     * @param entryCount of the copy
     * @return rounded up to whole lines
     */
    public static int occupied(final int entryCount) {
        return lines(entryCount) * LINE;
    }

    /**
     * Takes the first gap that is large enough.
     *
     * @param entryCount above 0
     * @return index of the first entry, or {@link #FULL}
     */
    public int claim(final int entryCount) {
        final int count = lines(entryCount);
        for (final Map.Entry<Integer, Integer> gap : freeCountByFirst.entrySet()) {
            if (gap.getValue() >= count) {
                final int first = gap.getKey();
                take(first, first, count);
                return first * LINE;
            }
        }
        return FULL;
    }

    /**
     * Takes a certain part, as found in shared memory.
     *
     * @param firstEntry index of the first entry
     * @param entryCount above 0
     * @return false when it doesn't start on a line, lies outside the array, or isn't free
     */
    public boolean reserve(final int firstEntry, final int entryCount) {
        if (firstEntry < 0 || entryCount <= 0 || firstEntry % LINE != 0) {
            return false;
        }
        final int first = firstEntry / LINE;
        final Map.Entry<Integer, Integer> gap = freeCountByFirst.floorEntry(first);
        if (gap == null || gap.getKey() + gap.getValue() < first + lines(entryCount)) {
            return false;
        }
        take(gap.getKey(), first, lines(entryCount));
        return true;
    }

    /**
     * Gives a part back.
     *
     * @param firstEntry as {@link #claim} gave, or {@link #reserve} took
     * @param entryCount as it was taken
     */
    public void release(final int firstEntry, final int entryCount) {
        int first = firstEntry / LINE;
        int end = first + lines(entryCount);
        final Map.Entry<Integer, Integer> before = freeCountByFirst.lowerEntry(end);
        if (before != null && before.getKey() + before.getValue() > first) {
            throw new IllegalStateException("Maglev entries from " + firstEntry + " on are free already");
        }
        if (before != null && before.getKey() + before.getValue() == first) {
            first = before.getKey();
        }
        final Integer after = freeCountByFirst.remove(end);
        end += after == null ? 0 : after;
        freeCountByFirst.put(first, end - first);
    }

    /**
     * What is left, perhaps in several pieces.
     *
     * @return entries
     */
    public int freeCount() {
        return LINE
                * freeCountByFirst.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void take(final int gapFirst, final int first, final int count) {
        final int gapEnd = gapFirst + freeCountByFirst.remove(gapFirst);
        if (first > gapFirst) {
            freeCountByFirst.put(gapFirst, first - gapFirst);
        }
        if (first + count < gapEnd) {
            freeCountByFirst.put(first + count, gapEnd - first - count);
        }
    }

    private static int lines(final int entryCount) {
        return (int) (((long) entryCount + LINE - 1) / LINE);
    }
}
