package io.fastpath.fastpath.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads YAML text into {@link YamlNode}s: one document of mappings, lists and scalars. Aliases and tags are
 * refused (an alias can make a small file unfold into gigabytes), depth and number of values are bounded. A text that
 * is not YAML ends the reading with one problem. One thread; an object reads one text.
 */
final class YamlReader {
    /** Levels of nesting: the configuration has five. */
    static final int DEPTH_LIMIT = 16;

    /** Values in a file: 65,535 backends of three values fit several times. */
    static final int NODE_LIMIT = 1_000_000;

    private final Problems problems;
    private YAMLParser parser;
    private int nodeCount;

    /**
     * @param problems takes what is wrong.
     */
    YamlReader(final Problems problems) {
        this.problems = problems;
    }

    /**
     * Reads a document.
     *
     * @param text the whole file.
     * @return its root, or null if a problem was noted.
     */
    YamlNode read(final String text) {
        final LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(ConfigText.LENGTH_LIMIT);
        final YAMLFactory factory = YAMLFactory.builder().loaderOptions(options).build();
        try (YAMLParser opened = factory.createParser(new StringReader(text))) {
            parser = opened;
            if (parser.nextToken() == null) {
                throw new Refusal(0, "is empty; it must hold a configuration");
            }
            final YamlNode root = node(1);
            if (parser.nextToken() != null) {
                throw new Refusal(line(), "a second document begins here; a file holds one");
            }
            return root;
        } catch (final Refusal refusal) {
            problems.add(refusal.line, "", refusal.getMessage());
        } catch (final JsonProcessingException ex) {
            syntax(ex);
        } catch (final IOException | RuntimeException ex) {
            problems.add(0, "", "is not YAML: " + Texts.printable(String.valueOf(ex.getMessage())));
        }
        return null;
    }

    private YamlNode node(final int depth) throws IOException, Refusal {
        final int line = line();
        if (depth > DEPTH_LIMIT) {
            throw new Refusal(line, "is nested deeper than " + DEPTH_LIMIT + " levels");
        }
        if (++nodeCount > NODE_LIMIT) {
            throw new Refusal(line, "has more than " + NODE_LIMIT + " values");
        }
        refuseExtras(line);
        final JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(depth, line);
        }
        if (token == JsonToken.START_ARRAY) {
            return sequence(depth, line);
        }
        return new YamlNode.Scalar(token == JsonToken.VALUE_NULL ? null : parser.getText(), line);
    }

    private YamlNode mapping(final int depth, final int line) throws IOException, Refusal {
        final List<YamlNode.Entry> entries = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            final int keyLine = line();
            refuseExtras(keyLine);
            final String key = parser.currentName();
            parser.nextToken();
            entries.add(new YamlNode.Entry(key, node(depth + 1), keyLine));
        }
        return new YamlNode.Mapping(List.copyOf(entries), line);
    }

    private YamlNode sequence(final int depth, final int line) throws IOException, Refusal {
        final List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(depth + 1));
        }
        return new YamlNode.Sequence(List.copyOf(items), line);
    }

    private void refuseExtras(final int line) throws IOException, Refusal {
        if (parser.isCurrentAlias()) {
            throw new Refusal(
                    line, "alias *" + Texts.printable(parser.getText()) + " is not allowed; write the value out");
        }
        if (parser.getTypeId() != null) {
            throw new Refusal(line, "tag " + Texts.printable(parser.getTypeId()) + " is not allowed");
        }
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private void syntax(final JsonProcessingException ex) {
        if (ex.getCause() instanceof final MarkedYAMLException marked && marked.getProblemMark() != null) {
            problems.add(marked.getProblemMark().getLine() + 1, "", "is not YAML: " + marked.getProblem());
        } else {
            // Jackson's own and only complaint about well-formed YAML: a key that is not a scalar.
            problems.add(line(), "", "is not a configuration: a key must be one word");
        }
    }

    /** Ends the reading at a line. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        Refusal(final int line, final String text) {
            super(text);
            this.line = line;
        }
    }
}
