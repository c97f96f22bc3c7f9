package io.fastpath.fastpath.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One mapping of the file, asked for its keys one by one; what is wrong goes to {@link Problems}, and the asker gets
 * the default (or null) and goes on. The keys asked for are the keys allowed: {@link #end()} refuses all others. One
 * thread.
 */
final class Section {
    private final String path;
    private final int line;
    private final Problems problems;
    private final Map<String, YamlNode.Entry> entries = new HashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    /** Something else stands where the mapping should: that was said, and nothing more is said of its keys. */
    private boolean broken;

    /**
     * Opens a mapping.
     *
     * @param node that must be a mapping; null stands for an empty one.
     * @param path of its key; empty for the root.
     * @param line of its key.
     * @param problems takes what is wrong.
     */
    Section(final YamlNode node, final String path, final int line, final Problems problems) {
        this.path = path;
        this.line = line;
        this.problems = problems;
        if (node instanceof final YamlNode.Mapping mapping) {
            mapping.entries().forEach(this::enter);
        } else if (node != null) {
            problems.add(node.line(), path, node.noun() + " is not a mapping of keys to values");
            broken = true;
        }
    }

    private void enter(final YamlNode.Entry entry) {
        final YamlNode.Entry first = entries.putIfAbsent(entry.key(), entry);
        if (first != null) {
            problems.add(entry.line(), path(entry.key()), "stands twice (first in line " + first.line() + ")");
        }
    }

    /** {@return line where the mapping begins} */
    int line() {
        return line;
    }

    /**
     * {@return the whole path of a key}
     *
     * @param key of this mapping.
     */
    String path(final String key) {
        final String shown = Texts.printable(key);
        return path.isEmpty() ? shown : path + '.' + shown;
    }

    /**
     * {@return line of a key, or of this mapping where the key is missing}
     *
     * @param key of this mapping.
     */
    int line(final String key) {
        final YamlNode.Entry entry = entries.get(key);
        return entry == null ? line : entry.value().line();
    }

    /**
     * {@return a value that must be there; null if it isn't, or is wrong}
     *
     * @param key of this mapping.
     * @param kind what it must be.
     */
    <T> T required(final String key, final Kind<T> kind) {
        known.add(key);
        if (!entries.containsKey(key)) {
            problem(key, "is missing; it must be " + kind.allowed());
            return null;
        }
        return optional(key, null, kind);
    }

    /**
     * {@return a value that may be left out}
     *
     * @param key of this mapping.
     * @param fallback what counts where the key is missing, or its value wrong.
     * @param kind what it must be.
     */
    <T> T optional(final String key, final T fallback, final Kind<T> kind) {
        known.add(key);
        final YamlNode.Entry entry = entries.get(key);
        final T value = entry == null ? null : scalar(entry.value(), path(key), kind);
        return value == null ? fallback : value;
    }

    /**
     * {@return a value as it stands in the file, for a key with several forms; null where it is missing}
     *
     * @param key of this mapping.
     */
    YamlNode node(final String key) {
        known.add(key);
        final YamlNode.Entry entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    /**
     * {@return the values of a list; wrong ones left out; empty where the key is missing}
     *
     * @param key of this mapping.
     * @param kind what each must be.
     */
    <T> List<Located<T>> list(final String key, final Kind<T> kind) {
        final List<Located<T>> values = new ArrayList<>();
        int index = 0;
        for (final YamlNode item : items(key, "a list, each " + kind.allowed())) {
            final String itemPath = path(key) + '[' + index++ + ']';
            final T value = scalar(item, itemPath, kind);
            if (value != null) {
                values.add(new Located<>(value, itemPath, item.line()));
            }
        }
        return values;
    }

    /**
     * Notes a problem if a list is missing or empty.
     *
     * @param key of this mapping.
     * @param need what it must list.
     */
    void needsItems(final String key, final String need) {
        final YamlNode node = node(key);
        if (node == null
                || node instanceof final YamlNode.Sequence list && list.items().isEmpty()) {
            problem(key, "is missing or empty; it must list " + need);
        }
    }

    /**
     * {@return a mapping below this one; an empty one where the key is missing}
     *
     * @param key of this mapping.
     */
    Section section(final String key) {
        known.add(key);
        final YamlNode.Entry entry = entries.get(key);
        return entry == null
                ? new Section(null, path(key), line, problems)
                : new Section(entry.value(), path(key), entry.line(), problems);
    }

    /**
     * {@return the mappings of a list; empty where the key is missing}
     *
     * @param key of this mapping.
     */
    List<Section> sections(final String key) {
        final List<Section> sections = new ArrayList<>();
        int index = 0;
        for (final YamlNode item : items(key, "a list of mappings")) {
            sections.add(new Section(item, path(key) + '[' + index++ + ']', item.line(), problems));
        }
        return sections;
    }

    /**
     * Notes a problem with a key.
     *
     * @param key of this mapping.
     * @param text the value and what is allowed.
     */
    void problem(final String key, final String text) {
        if (!broken) {
            problems.add(line(key), path(key), text);
        }
    }

    /**
     * Parses one value.
     *
     * @param node that must be a scalar.
     * @param itemPath its path.
     * @param kind what it must be.
     * @return null after noting a problem.
     */
    <T> T scalar(final YamlNode node, final String itemPath, final Kind<T> kind) {
        final T value = node instanceof final YamlNode.Scalar scalar && scalar.text() != null
                ? kind.parser().apply(scalar.text())
                : null;
        if (value == null) {
            problems.add(node.line(), itemPath, node.noun() + " is not " + kind.allowed());
        }
        return value;
    }

    /** Refuses every key that was not asked for. */
    void end() {
        final String allowed = String.join(", ", known);
        for (final YamlNode.Entry entry : entries.values()) {
            if (!known.contains(entry.key())) {
                final String nearest = Texts.nearest(entry.key(), List.copyOf(known));
                final String hint = nearest == null ? "" : " (did you mean " + nearest + "?)";
                problems.add(entry.line(), path(entry.key()), "unknown key" + hint + "; allowed: " + allowed);
            }
        }
    }

    private List<YamlNode> items(final String key, final String allowed) {
        final YamlNode node = node(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof final YamlNode.Sequence sequence) {
            return sequence.items();
        }
        problems.add(node.line(), path(key), node.noun() + " is not " + allowed);
        return List.of();
    }
}
