package io.fastpath.fastpath.config;

import java.util.List;

/** Texts from outside, made fit for a terminal and for a sentence. Pure functions; any thread. */
final class Texts {
    /** Characters of a value that a message repeats: what a person needs to find it again. */
    static final int SHOWN_LENGTH = 60;

    private Texts() {}

    /**
     * {@return the text with control characters escaped and its end cut off, so that a message stays one short line}
     *
     * @param text any.
     */
    static String printable(final String text) {
        return printable(text, SHOWN_LENGTH);
    }

    /**
     * {@return the text with control characters escaped and its end cut off}
     *
     * @param text any.
     * @param length that is shown.
     */
    static String printable(final String text, final int length) {
        final StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && shown.length() < length; i++) {
            final char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || Character.isSurrogate(c)) {
                shown.append(String.format("\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return text.length() > length ? shown + "..." : shown.toString();
    }

    /**
     * {@return the value as a message names it: printable, and in quotes where it would not read as one word}
     *
     * @param value any.
     */
    static String value(final String value) {
        final String shown = printable(value);
        return shown.isEmpty() || shown.indexOf(' ') >= 0 ? '"' + shown + '"' : shown;
    }

    /**
     * {@return the candidate that was probably meant, or null}
     *
     * @param word as it was typed.
     * @param candidates what is allowed.
     */
    static String nearest(final String word, final List<String> candidates) {
        String best = null;
        int bestDistance = 3;
        for (final String candidate : candidates) {
            final int distance = distance(word, candidate);
            if (distance < bestDistance && distance < candidate.length()) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Levenshtein's distance, with one row of memory; words longer than any key are far from every key. */
    private static int distance(final String left, final String right) {
        if (left.length() > SHOWN_LENGTH) {
            return Integer.MAX_VALUE;
        }
        final int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                final char l = Character.toLowerCase(left.charAt(i - 1));
                final char r = Character.toLowerCase(right.charAt(j - 1));
                final int replaced = diagonal + (l == r ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
