package io.fastpath.fastpath.config;

import io.fastpath.fastpath.prefilter.Prefix;
import io.fastpath.fastpath.prefilter.PrefixFile;
import io.fastpath.fastpath.prefilter.PrefixList;
import java.io.IOException;
import java.nio.file.Path;

/** Reads the {@code prefilter} section, and the files that it names. One thread. */
final class PrefilterReader {
    private static final int LINES = 1 << 16;

    private static final Kind<Prefix> PREFIX = new Kind<>(
            "an address prefix such as 192.0.2.0/24 or 2001:db8::/32, with no bit set beyond its length",
            PrefilterReader::prefix);
    private static final Kind<Path> FILE =
            new Kind<>("the absolute path of a file with a prefix in each line", PrefilterReader::path);

    private final Problems problems;
    private final PrefixList list = new PrefixList();

    private PrefilterReader(final Problems problems) {
        this.problems = problems;
    }

    /**
     * Reads the section.
     *
     * @param root of the file.
     * @param problems takes what is wrong.
     * @return what could be read.
     */
    static PrefilterConfig read(final Section root, final Problems problems) {
        final boolean isGiven = root.node("prefilter") != null;
        final Section section = root.section("prefilter");
        final PrefilterReader reader = new PrefilterReader(problems);
        section.list("deny", PREFIX).forEach(prefix -> reader.add(prefix, false));
        section.list("allow", PREFIX).forEach(prefix -> reader.add(prefix, true));
        section.list("files", FILE).forEach(reader::addFile);
        section.end();
        return new PrefilterConfig(isGiven, reader.list);
    }

    private void add(final Located<Prefix> prefix, final boolean isAllowed) {
        try {
            list.add(prefix.value(), isAllowed);
        } catch (final IllegalArgumentException ex) {
            problems.add(prefix.line(), prefix.key(), ex.getMessage());
        }
    }

    private void addFile(final Located<Path> file) {
        try (PrefixFile lines = PrefixFile.open(file.value())) {
            boolean more = true;
            while (more) {
                more = lines.read(
                        LINES,
                        list,
                        (line, text) -> problems.add(
                                file.line(),
                                file.key(),
                                file.value() + " line " + line + ": " + Texts.printable(text, 160)));
            }
        } catch (final IOException ex) {
            problems.add(file.line(), file.key(), "can't read " + file.value() + ": " + ex.getMessage());
        }
    }

    private static Prefix prefix(final String text) {
        try {
            return Prefix.parse(text);
        } catch (final IllegalArgumentException ex) {
            return null;
        }
    }

    private static Path path(final String text) {
        return text.startsWith("/") && text.indexOf('\0') < 0 ? Path.of(text) : null;
    }
}
