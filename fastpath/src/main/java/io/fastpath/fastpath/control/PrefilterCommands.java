package io.fastpath.fastpath.control;

import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.prefilter.Prefix;
import io.fastpath.fastpath.prefilter.PrefixFile;
import io.fastpath.fastpath.prefilter.PrefixList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what is asked of the prefilter, and changes it; a list of a million a piece at a time. The server's thread only. */
final class PrefilterCommands {
    /** Lines of a file that are read at a time: some milliseconds. */
    private static final int LINES_PER_PIECE = 4096;

    /** Bad lines that are told of. */
    private static final int COMPLAINT_LIMIT = 20;

    private static final Logger LOG = LoggerFactory.getLogger(PrefilterCommands.class);

    private final Prefilter prefilter;

    PrefilterCommands(final Prefilter prefilter) {
        this.prefilter = prefilter;
    }

    ControlAnswer answer(final PrefilterChange change) {
        if (change == null) {
            return list();
        }
        return switch (String.valueOf(change.action())) {
            case "add" -> add(prefix(change), false);
            case "allow" -> add(prefix(change), true);
            case "remove" -> remove(prefix(change));
            case "replace" -> replace(file(change));
            default ->
                throw new IllegalArgumentException(
                        "action \"" + change.action() + "\" is unknown; allowed: add, allow, remove, replace");
        };
    }

    private static Prefix prefix(final PrefilterChange change) {
        if (change.prefix() == null || change.file() != null) {
            throw new IllegalArgumentException(
                    "the action \"" + change.action() + "\" wants a \"prefix\" and no \"file\"");
        }
        return Prefix.parse(change.prefix());
    }

    private static Path file(final PrefilterChange change) {
        if (change.file() == null || change.prefix() != null) {
            throw new IllegalArgumentException("the action \"replace\" wants a \"file\" and no \"prefix\"");
        }
        final Path path = Path.of(change.file());
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("the file " + path + " has no absolute path");
        }
        return path;
    }

    private ControlAnswer add(final Prefix prefix, final boolean isAllowed) {
        prefilter.add(prefix, isAllowed);
        LOG.info("prefilter: {} is {}", prefix, isAllowed ? "allowed" : "denied");
        return ControlAnswer.of(ControlProtocol.end(counts()));
    }

    private ControlAnswer remove(final Prefix prefix) {
        if (!prefilter.remove(prefix)) {
            throw new IllegalArgumentException(
                    prefix + " is not in the list; prefixes are removed as they were entered");
        }
        LOG.info("prefilter: {} is removed", prefix);
        return ControlAnswer.of(ControlProtocol.end(counts()));
    }

    private Map<String, Object> counts() {
        final Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("ipv4", prefilter.count(true));
        counts.put("ipv6", prefilter.count(false));
        return counts;
    }

    private ControlAnswer list() {
        prefilter.rewind();
        final boolean[] isIpv4 = {true};
        return lines -> {
            final List<Prefilter.Entry> entries = new ArrayList<>();
            if (!prefilter.read(isIpv4[0], entries)) {
                if (!isIpv4[0]) {
                    lines.accept(ControlProtocol.end(counts()));
                    return false;
                }
                isIpv4[0] = false;
            }
            entries.forEach(entry -> lines.accept(ControlProtocol.item(
                    Map.of("prefix", entry.prefix().toString(), "action", entry.isAllowed() ? "allow" : "deny"))));
            return true;
        };
    }

    private ControlAnswer replace(final Path file) {
        final PrefixList list = new PrefixList();
        final List<String> complaints = new ArrayList<>();
        final PrefixFile[] reader = {open(file)};
        return lines -> {
            if (reader[0] == null) {
                if (prefilter.step()) {
                    return true;
                }
                LOG.info("prefilter: replaced from {}", file);
                lines.accept(ControlProtocol.end(counts()));
                return false;
            }
            if (read(file, reader[0], list, complaints)) {
                return true;
            }
            reader[0] = null;
            if (!complaints.isEmpty()) {
                lines.accept(ControlProtocol.error(String.join("; ", complaints)));
                return false;
            }
            prefilter.replace(list);
            return true;
        };
    }

    private static PrefixFile open(final Path file) {
        try {
            return PrefixFile.open(file);
        } catch (final IOException ex) {
            throw new IllegalArgumentException("can't read " + file + ": " + ex.getMessage(), ex);
        }
    }

    /** Nothing is changed before the whole file was read and found good. */
    private static boolean read(
            final Path file, final PrefixFile reader, final PrefixList list, final List<String> complaints) {
        boolean more = false;
        try {
            more = reader.read(LINES_PER_PIECE, list, (line, text) -> {
                if (complaints.size() < COMPLAINT_LIMIT) {
                    complaints.add(file + " line " + line + ": " + text);
                }
            });
            more &= complaints.size() < COMPLAINT_LIMIT;
            if (!more) {
                reader.close();
            }
        } catch (final IOException ex) {
            complaints.add("can't read " + file + ": " + ex.getMessage());
        }
        return more;
    }
}
