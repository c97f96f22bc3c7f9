package io.fastpath.fastpath.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The lines that go over the control socket. Thread-safe.
 *
 * <pre>
 *   request    {"command": "flows", "filter": {"client": "10.8.0.5"}}
 *   item       {"item": {...}}
 *   end        {"ok": true, "result": ...}    or    {"ok": false, "error": "..."}
 * </pre>
 */
final class ControlProtocol {
    /** Bytes of a request at most: the longest sensible one has some 400. */
    static final int REQUEST_LENGTH_LIMIT = 8192;

    private static final int REQUEST_DEPTH_LIMIT = 4;

    private static final ObjectMapper ANSWERS = new ObjectMapper();
    private static final ObjectMapper REQUESTS = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(REQUEST_DEPTH_LIMIT)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * A request.
     *
     * @param command what is asked.
     * @param filter for {@code flows}; null for all.
     * @param mode for {@code engine}, the mode to be; null to be told.
     * @param prefilter for {@code prefilter}, what to do; null to be told the list.
     * @param drain for {@code drain}, what to do.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Request(String command, FlowFilter filter, String mode, PrefilterChange prefilter, DrainChange drain) {
        /** A command that needs no more than its name. */
        Request(final String command) {
            this(command, null, null, null, null);
        }
    }

    private ControlProtocol() {}

    /**
     * Reads a request line.
     *
     * @param line without its end.
     * @return the request.
     * @throws IllegalArgumentException that says in one line what is wrong with it
     */
    static Request parse(final String line) {
        try {
            final Request request = REQUESTS.readValue(line, Request.class);
            if (request == null || request.command() == null) {
                throw new IllegalArgumentException("the request has no \"command\"");
            }
            return request;
        } catch (final JsonProcessingException ex) {
            final Throwable cause = ex.getCause();
            final String text =
                    cause instanceof IllegalArgumentException ? cause.getMessage() : ex.getOriginalMessage();
            throw new IllegalArgumentException("bad request: " + text.replace('\n', ' '), ex);
        }
    }

    /**
     * {@return a line for one item of a stream}
     *
     * @param item a report.
     */
    static String item(final Object item) {
        return line(Map.of("item", item));
    }

    /**
     * {@return the last line of an answer}
     *
     * @param result a report, or a list of them.
     */
    static String end(final Object result) {
        final Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", true);
        answer.put("result", result);
        return line(answer);
    }

    /**
     * {@return the last line of an answer that could not be given}
     *
     * @param text one line.
     */
    static String error(final String text) {
        final Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", false);
        answer.put("error", text);
        return line(answer);
    }

    /**
     * {@return a request line}
     *
     * @param request to send.
     */
    static String line(final Request request) {
        return line((Object) request);
    }

    private static String line(final Object value) {
        try {
            return ANSWERS.writeValueAsString(value) + '\n';
        } catch (final JsonProcessingException ex) {
            throw new IllegalStateException("can't write an answer: " + ex.getOriginalMessage(), ex);
        }
    }

    /**
     * {@return an answer line as a tree}
     *
     * @param line of a server.
     * @throws IllegalArgumentException if it is no JSON
     */
    static JsonNode tree(final String line) {
        try {
            return ANSWERS.readTree(line);
        } catch (final JsonProcessingException ex) {
            throw new IllegalArgumentException("the instance answered something that is not JSON", ex);
        }
    }
}
