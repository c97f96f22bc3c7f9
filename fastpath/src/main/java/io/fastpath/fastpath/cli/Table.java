package io.fastpath.fastpath.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines of aligned columns; columns of numbers are aligned to the right. One thread. */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] numeric;

    /**
     * @param headings of the columns; one that begins with '#' heads numbers, and the '#' is not printed.
     */
    Table(final String... headings) {
        numeric = new boolean[headings.length];
        final String[] row = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            numeric[i] = headings[i].startsWith("#");
            row[i] = numeric[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(row);
    }

    /**
     * Adds a row.
     *
     * @param cells as many as there are headings.
     */
    void row(final Object... cells) {
        if (cells.length != numeric.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + numeric.length + " columns");
        }
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
    }

    /** {@return the lines, headings first, without trailing blanks} */
    List<String> lines() {
        final int[] widths = new int[numeric.length];
        for (final String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(final String[] row, final int[] widths) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            final String blanks = " ".repeat(widths[i] - row[i].length());
            line.append(i == 0 ? "" : GAP).append(numeric[i] ? blanks + row[i] : row[i] + blanks);
        }
        return line.toString().stripTrailing();
    }
}
