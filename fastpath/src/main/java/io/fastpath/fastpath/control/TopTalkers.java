package io.fastpath.fastpath.control;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Who has the most connections, by client and by service. One thread. */
public final class TopTalkers {
    /** Clients that are told apart: some tens of megabytes. Those who come later count as one. */
    static final int CLIENT_LIMIT = 1 << 18;

    private static final String OTHERS = "others";

    private final Map<String, int[]> clients = new HashMap<>();
    private final Map<String, int[]> services = new HashMap<>();
    private long total;

    /**
     * Counts a connection.
     *
     * @param client its client's address.
     * @param service its service's name; empty if it is gone.
     */
    public void add(final String client, final String service) {
        final boolean isKnown = clients.size() < CLIENT_LIMIT || clients.containsKey(client);
        clients.computeIfAbsent(isKnown ? client : OTHERS, name -> new int[1])[0]++;
        services.computeIfAbsent(service.isEmpty() ? "-" : service, name -> new int[1])[0]++;
        total++;
    }

    /** {@return the connections that were counted} */
    public long total() {
        return total;
    }

    /**
     * The clients with the most.
     *
     * @param limit how many.
     * @return the largest first.
     */
    public List<TopTalker> clients(final int limit) {
        return most(clients, limit);
    }

    /**
     * The services with the most.
     *
     * @param limit how many.
     * @return the largest first.
     */
    public List<TopTalker> services(final int limit) {
        return most(services, limit);
    }

    /**
     * A list of a line.
     *
     * @param talkers of this.
     * @return each with its part of all, such as {@code 192.0.2.1 (61 %)}.
     */
    public String line(final List<TopTalker> talkers) {
        return talkers.stream()
                .map(talker -> talker.name() + " (" + Math.round(100.0 * talker.flows() / total) + " %)")
                .collect(Collectors.joining(", "));
    }

    private static List<TopTalker> most(final Map<String, int[]> counts, final int limit) {
        return counts.entrySet().stream()
                .map(entry -> new TopTalker(entry.getKey(), entry.getValue()[0]))
                .sorted(Comparator.comparingLong(TopTalker::flows).reversed().thenComparing(TopTalker::name))
                .limit(limit)
                .toList();
    }
}
