package io.fastpath.fastpath.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one file, so that the user hears of all of them at once. One thread. */
final class Problems {
    /** How many are kept: enough for a person; a hostile file could have a million. */
    static final int LIMIT = 100;

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private int count;

    /**
     * @param file name as the user gave it.
     */
    Problems(final String file) {
        this.file = Texts.printable(file);
    }

    /** {@return the file's name, printable} */
    String file() {
        return file;
    }

    /**
     * Notes a problem.
     *
     * @param line from 1, or 0 for the whole file.
     * @param key path, or empty.
     * @param text the value and what is allowed.
     */
    void add(final int line, final String key, final String text) {
        count++;
        if (problems.size() < LIMIT) {
            problems.add(new Problem(file, line, key, text));
        }
    }

    /** {@return whether there are none} */
    boolean isEmpty() {
        return count == 0;
    }

    /**
     * Ends the reading, if anything was wrong.
     *
     * @throws ConfigException with every problem kept, in the order of lines.
     */
    void throwIfAny() throws ConfigException {
        if (count > 0) {
            final List<Problem> sorted = new ArrayList<>(problems);
            sorted.sort(Comparator.comparingInt(Problem::line));
            throw new ConfigException(sorted, count - sorted.size());
        }
    }
}
