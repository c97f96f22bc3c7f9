package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.List;

/**
 * Where commands write: answers to {@code out}, everything else to {@code err}. One thread.
 *
 * @param out of the process; flushed after each answer.
 * @param err of the process.
 */
record Console(PrintWriter out, PrintWriter err) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * Prints a value as one JSON line.
     *
     * @param value a record, map, list or tree.
     */
    void json(final Object value) {
        try {
            line(MAPPER.writeValueAsString(value));
        } catch (final JsonProcessingException ex) {
            throw new IllegalStateException("can't write the answer as JSON: " + ex.getOriginalMessage(), ex);
        }
    }

    /**
     * Prints a line, and ends the command without a word if nobody reads any more, as {@code fastpath flows | head} does.
     *
     * @param text without its end.
     */
    void line(final String text) {
        out.println(text);
        if (out.checkError()) {
            throw new CommandException("", ExitCode.FAILURE);
        }
    }

    /**
     * Prints lines.
     *
     * @param lines without their ends.
     */
    void lines(final List<String> lines) {
        lines.forEach(this::line);
    }

    /**
     * Turns a tree into a value.
     *
     * @param tree of an instance's answer.
     * @param type to read it as.
     * @return the value.
     */
    static <T> T read(final JsonNode tree, final Class<T> type) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (final JsonProcessingException ex) {
            throw new CommandException(
                    "the instance answers in a way that this fastpath does not know (another version?): "
                            + ex.getOriginalMessage(),
                    ExitCode.FAILURE,
                    ex);
        }
    }
}
