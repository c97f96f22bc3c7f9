package io.fastpath.fastpath.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.UdpLoad;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a person sees of the demo: steps, a line per second, and the proof at the end. */
public final class DemoScreen {
    private final PrintWriter out;
    private long lastRequests;
    private long lastExchanges;
    private long lastPackets;

    /**
     * A screen.
     *
     * @param out where it is written to, line by line
     */
    public DemoScreen(final PrintWriter out) {
        this.out = out;
    }

    /** A step is done or begun. */
    void step(final String text) {
        line("== %s", text);
    }

    /** A second is over. */
    void tick(
            final int second, final HttpLoad http, final UdpLoad udp, final JsonNode backends, final JsonNode status) {
        final long packets = packets(backends);
        if (second == 1) {
            line(
                    "%6s %9s %9s %11s %7s %9s  %s",
                    "second",
                    "HTTP/s",
                    "UDP/s",
                    "packets/s",
                    "failed",
                    "engine",
                    "flows opened, by service and backend 10.8.0.x");
        }
        line(
                "%6d %9d %9d %11d %7d %9s  %s",
                second,
                http.requests() - lastRequests,
                udp.exchanges() - lastExchanges,
                packets - lastPackets,
                http.failures() + udp.failures() + udp.lost(),
                status.path("engine").asText(),
                opened(backends));
        lastRequests = http.requests();
        lastExchanges = udp.exchanges();
        lastPackets = packets;
    }

    /** All of it at the end. */
    void summary(final DemoResult result, final JsonNode backends, final JsonNode status) {
        line("");
        line(
                "%-8s %-20s %12s %12s %14s %14s",
                "service", "backend", "flows", "packets to", "packets from", "bytes from");
        for (final JsonNode backend : backends) {
            line(
                    "%-8s %-20s %12d %12d %14d %14d",
                    backend.path("service").asText(),
                    backend.path("address").asText() + ":"
                            + backend.path("port").asText(),
                    backend.path("flowsOpened").asLong(),
                    backend.path("packetsTo").asLong(),
                    backend.path("packetsFrom").asLong(),
                    backend.path("bytesFrom").asLong());
        }
        line("");
        line("answers by backend: %s", result.perBackend());
        line("packets sent by engine: %s", result.packets());
        line("packets dropped by reason: %s", result.drops().isEmpty() ? "none" : result.drops());
        for (final JsonNode worker : status.path("workers")) {
            line(
                    "worker %d: longest cycle %.1f ms, %d stalls, frames %s",
                    worker.path("index").asInt(),
                    worker.path("longestCycleNs").asLong() / 1e6,
                    worker.path("stallCount").asLong(),
                    worker.path("frames"));
        }
        for (final JsonNode socket : status.path("sockets")) {
            line("socket %s: %s", socket.path("interfaceName").asText(), socket);
        }
        line(
                "%d HTTP requests and %d UDP exchanges in %.1f s: %d failed, %d lost",
                result.requests(), result.udpExchanges(), result.seconds(), result.failures(), result.udpLost());
        for (final String shortcoming : result.shortcomings()) {
            line("NOT PASSED: %s", shortcoming);
        }
    }

    /** By service, as {@code web .11 120 .12 118  echo .11 3 .12 4}: the lab's backends differ in the last octet. */
    static String opened(final JsonNode backends) {
        final Map<String, StringBuilder> services = new LinkedHashMap<>();
        for (final JsonNode backend : backends) {
            final String address = backend.path("address").asText();
            services.computeIfAbsent(backend.path("service").asText(), StringBuilder::new)
                    .append(' ')
                    .append(address.substring(address.lastIndexOf('.')))
                    .append(' ')
                    .append(backend.path("flowsOpened").asLong());
        }
        return String.join("  ", services.values());
    }

    private static long packets(final JsonNode backends) {
        long sum = 0;
        for (final JsonNode backend : backends) {
            sum += backend.path("packetsTo").asLong()
                    + backend.path("packetsFrom").asLong();
        }
        return sum;
    }

    /** Any line, shown at once. */
    void line(final String format, final Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
