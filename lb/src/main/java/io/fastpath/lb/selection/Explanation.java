package io.fastpath.lb.selection;

import java.util.List;
import java.util.Locale;

/**
 * Which backend a new flow gets, and why; made of plain values, so that it turns into JSON as it is. Immutable.
 *
 * @param outcome in one word
 * @param protocol label of the transport
 * @param source client endpoint
 * @param destination endpoint that the client speaks to
 * @param service name; null when no service matches
 * @param hash selection hash of what the service says of the tuple, in hexadecimal; null when no service matches
 * @param maglevSize slots of the service's table; 0 when no service matches
 * @param slot of the tuple; -1 when no service matches
 * @param backend endpoint of the backend; null when there is none
 * @param successor endpoint that would get the tuple if that backend were removed; null when there is none
 * @param shares of all the service's backends, in the order of their endpoints
 * @param reason one sentence
 */
public record Explanation(
        Outcome outcome,
        String protocol,
        String source,
        String destination,
        String service,
        String hash,
        int maglevSize,
        int slot,
        String backend,
        String successor,
        List<Share> shares,
        String reason) {
    /** What a new flow gets. */
    public enum Outcome {
        /** A backend. */
        BACKEND,

        /** Nothing: no service has this address, port and protocol. */
        NO_SERVICE,

        /** Nothing: no backend of the service takes new flows. */
        NO_BACKEND,

        /** Nothing: the service does not allow the source. */
        NOT_ALLOWED
    }

    /**
     * A backend's part of the table.
     *
     * @param backend endpoint
     * @param weight as configured
     * @param slotCount slots of the Maglev table
     * @param slotShare the same, from 0 to 1
     * @param weightShare what the weights ask for, from 0 to 1
     */
    public record Share(String backend, int weight, int slotCount, double slotShare, double weightShare) {}

    /**
     * The text for people.
     *
     * @return lines, each with its end
     */
    public String toText() {
        final StringBuilder text = new StringBuilder();
        line(text, "tuple", protocol + " " + source + " -> " + destination);
        line(text, "service", service == null ? "none" : service);
        if (service != null) {
            line(text, "hash", hash + " -> slot " + slot + " of " + maglevSize);
            line(text, "backend", backend == null ? "none" : backend);
            line(text, "if removed", successor == null ? "none" : successor);
        }
        line(text, "because", reason);
        for (final Share share : shares) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-28s weight %4d  slots %7d  %6.2f %% (weights ask for %6.2f %%)%s%n",
                    share.backend,
                    share.weight,
                    share.slotCount,
                    100 * share.slotShare,
                    100 * share.weightShare,
                    share.backend.equals(backend) ? "  <-" : ""));
        }
        return text.toString();
    }

    private static void line(final StringBuilder text, final String label, final String value) {
        text.append(String.format(Locale.ROOT, "%-11s %s%n", label, value));
    }
}
