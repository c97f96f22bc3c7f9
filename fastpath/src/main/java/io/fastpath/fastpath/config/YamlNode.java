package io.fastpath.fastpath.config;

import java.util.List;

/** A value of the YAML file with the line where it begins, from 1. Immutable; its kinds are the nested records. */
sealed interface YamlNode {
    /** {@return line where the value begins, from 1} */
    int line();

    /** {@return the kind of value, for messages: {@code a list}} */
    String noun();

    /**
     * One word or number, exactly as written: YAML's guesses (on = true, 1_000 = 1000) are not ours.
     *
     * @param text as written; null for an empty value.
     */
    record Scalar(String text, int line) implements YamlNode {
        @Override
        public String noun() {
            return text == null || text.isEmpty() ? "an empty value" : Texts.value(text);
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, int line) implements YamlNode {
        @Override
        public String noun() {
            return "a list";
        }
    }

    /** Keys and their values in the order of the file; a key may stand twice, which {@link Section} refuses. */
    record Mapping(List<Entry> entries, int line) implements YamlNode {
        @Override
        public String noun() {
            return "a mapping";
        }
    }

    /**
     * A key with its value.
     *
     * @param line of the key.
     */
    record Entry(String key, YamlNode value, int line) {}
}
