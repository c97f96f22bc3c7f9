package io.fastpath.fastpath.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a demo found; its components are the keys of {@code demo --json}.
 *
 * @param requests HTTP requests made, each on a connection of its own
 * @param failures HTTP requests and UDP exchanges that failed, and faults of the run itself
 * @param udpExchanges datagrams sent
 * @param udpLost datagrams without an echo
 * @param perBackend answers by backend: HTTP requests and UDP exchanges together
 * @param idleBackends backends of a service that answered nothing of it, as {@code web backend-1}
 * @param packets packets sent on, by engine
 * @param drops packets dropped, by reason; reasons with none are left out
 * @param seconds that the load ran
 * @param firstFailure what the first failure said, null where none was
 */
public record DemoResult(
        @JsonProperty("requests") long requests,
        @JsonProperty("failures") long failures,
        @JsonProperty("udpExchanges") long udpExchanges,
        @JsonProperty("udpLost") long udpLost,
        @JsonProperty("perBackend") Map<String, Long> perBackend,
        @JsonProperty("idleBackends") List<String> idleBackends,
        @JsonProperty("packets") Map<String, Long> packets,
        @JsonProperty("drops") Map<String, Long> drops,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("firstFailure") String firstFailure) {

    /**
     * Whether the demo proves what it shall: requests were made, none failed, and every backend of every service answered.
     *
     * @return true for exit code 0
     */
    public boolean passed() {
        return requests > 0 && udpExchanges > 0 && failures == 0 && udpLost == 0 && idleBackends.isEmpty();
    }

    /** The same with another first failure. */
    DemoResult withFailure(final String sentence) {
        return new DemoResult(
                requests, failures, udpExchanges, udpLost, perBackend, idleBackends, packets, drops, seconds, sentence);
    }

    /**
     * What is missing, in a sentence for each thing.
     *
     * @return empty if the demo passed
     */
    List<String> shortcomings() {
        final List<String> sentences = new ArrayList<>();
        if (requests == 0 || udpExchanges == 0) {
            sentences.add("no " + (requests == 0 ? "HTTP request" : "UDP exchange") + " was made");
        }
        if (failures > 0) {
            sentences.add(failures + " failed" + (firstFailure == null ? "" : "; the first said: " + firstFailure));
        }
        if (udpLost > 0) {
            sentences.add(udpLost + " datagrams had no echo");
        }
        idleBackends.forEach(backend -> sentences.add(backend + " answered nothing"));
        return sentences;
    }
}
