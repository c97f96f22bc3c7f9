package io.fastpath.fastpath.prefilter;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of prefixes, read some lines at a time. A line is a prefix to deny, or {@code deny} or {@code allow} and a prefix,
 * or nothing; what follows a {@code #} is a comment. One thread.
 */
public final class PrefixFile implements AutoCloseable {
    /** A million lines of the longest prefix and a comment as long: what is larger is something else. */
    private static final long LENGTH_LIMIT = 128L << 20;

    private final BufferedReader reader;
    private int line;

    private PrefixFile(final BufferedReader reader) {
        this.reader = reader;
    }

    /** Takes what is wrong with a file, line by line. */
    @FunctionalInterface
    public interface Complaints {
        /**
         * Notes what is wrong.
         *
         * @param line from 1; 0 for the whole file.
         * @param text what is wrong with it.
         */
        void add(int line, String text);
    }

    /**
     * Opens a file.
     *
     * @param path of it.
     * @return the file; the caller closes it.
     * @throws IOException if it can't be read, or is no file or too long
     */
    public static PrefixFile open(final Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException("there is no such file");
        }
        if (Files.size(path) > LENGTH_LIMIT) {
            throw new IOException("it is longer than " + LENGTH_LIMIT + " bytes");
        }
        return new PrefixFile(Files.newBufferedReader(path, StandardCharsets.ISO_8859_1));
    }

    /**
     * Reads the next lines.
     *
     * @param count of lines at most.
     * @param list takes the prefixes.
     * @param complaints takes what is wrong.
     * @return whether there may be more.
     * @throws IOException if it can't be read
     */
    public boolean read(final int count, final PrefixList list, final Complaints complaints) throws IOException {
        for (int i = 0; i < count; i++) {
            final String text = reader.readLine();
            if (text == null) {
                return false;
            }
            line++;
            try {
                add(text, list);
            } catch (final IllegalArgumentException ex) {
                complaints.add(line, ex.getMessage());
            }
        }
        return true;
    }

    private static void add(final String line, final PrefixList list) {
        final int comment = line.indexOf('#');
        final String text = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (text.isEmpty()) {
            return;
        }
        int space = 0;
        while (space < text.length() && !Character.isWhitespace(text.charAt(space))) {
            space++;
        }
        if (space == text.length()) {
            list.add(Prefix.parse(text), false);
            return;
        }
        final String word = text.substring(0, space);
        if (!word.equals("deny") && !word.equals("allow")) {
            throw new IllegalArgumentException(
                    "a line is PREFIX, deny PREFIX or allow PREFIX, not \"" + shown(text) + '"');
        }
        list.add(Prefix.parse(text.substring(space).strip()), word.equals("allow"));
    }

    private static String shown(final String text) {
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
