package io.fastpath.perflab.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.throughput.Round;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run of {@code lab throughput --json} left in a file: JSON lines. Immutable.
 *
 * @param file that they were read from.
 * @param environment of the run.
 * @param rounds in the order in which they ran, at least one.
 */
record Results(Path file, Environment environment, List<Round> rounds) {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    /**
     * Read a file. The last line may be cut off, as a killed run leaves it.
     *
     * @param file of JSON lines.
     * @return what is in it.
     * @throws LabException if it can't be read, has a line that is none of ours, or has no environment or no round.
     */
    static Results read(final Path file) {
        final List<String> lines = lines(file);
        Environment environment = null;
        final List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            final JsonNode line = parse(file, i, lines);
            if (line.has("environment")) {
                environment = convert(file, i, line.get("environment"), Environment.class);
            } else if (line.has("round")) {
                rounds.add(convert(file, i, line.get("round"), Round.class));
            }
        }
        if (environment == null || rounds.isEmpty()) {
            throw new LabException(file + " has no " + (environment == null ? "environment" : "round")
                    + ": is it what `lab throughput --json` printed?");
        }
        return new Results(file, environment, List.copyOf(rounds));
    }

    private static List<String> lines(final Path file) {
        try {
            return Files.readAllLines(file);
        } catch (final IOException ex) {
            throw new LabException("can't read " + file + ": " + ex.getMessage(), ex);
        }
    }

    private static JsonNode parse(final Path file, final int index, final List<String> lines) {
        try {
            return MAPPER.readTree(lines.get(index));
        } catch (final JsonProcessingException ex) {
            if (index > 0 && index == lines.size() - 1) {
                return MAPPER.createObjectNode(); // cut off
            }
            throw new LabException(file + ", line " + (index + 1) + ": no JSON: " + ex.getOriginalMessage(), ex);
        }
    }

    private static <T> T convert(final Path file, final int index, final JsonNode value, final Class<T> type) {
        try {
            return MAPPER.treeToValue(value, type);
        } catch (final JsonProcessingException ex) {
            throw new LabException(
                    file + ", line " + (index + 1) + ": no " + type.getSimpleName() + ": " + ex.getOriginalMessage(),
                    ex);
        }
    }
}
