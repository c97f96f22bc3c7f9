package io.fastpath.perflab.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** A result for machines: a JSON object on a line, with one member that tells what it is. */
public final class JsonLine {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonLine() {}

    /**
     * {@return the line}
     *
     * @param kind name of the member.
     * @param value its value: a record of numbers and texts.
     */
    public static String of(final String kind, final Object value) {
        try {
            return MAPPER.writeValueAsString(Map.of(kind, value));
        } catch (final JsonProcessingException ex) {
            throw new IllegalStateException("records of numbers and texts can be written", ex);
        }
    }
}
