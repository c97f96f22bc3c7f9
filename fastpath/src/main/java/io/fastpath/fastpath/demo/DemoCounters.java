package io.fastpath.fastpath.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Picks what the demo shows out of what {@code counters} answers. */
final class DemoCounters {
    private DemoCounters() {}

    /**
     * Packets sent on, by engine.
     *
     * @param counters the answer of the command {@code counters}
     * @return {@code userspace} and {@code kernel}
     */
    static Map<String, Long> packetsByEngine(final JsonNode counters) {
        final Map<String, Long> packets = new LinkedHashMap<>();
        packets.put("userspace", forwarded(counters.path("userspace")));
        packets.put("kernel", forwarded(counters.path("kernel")));
        return packets;
    }

    /**
     * Packets dropped, by reason.
     *
     * @param counters the answer of the command {@code counters}
     * @return only reasons with packets
     */
    static Map<String, Long> drops(final JsonNode counters) {
        final Map<String, Long> drops = new LinkedHashMap<>();
        for (final Counter counter : Counter.values()) {
            final long count = counters.path("counters").path(counter.label()).asLong();
            if (counter.isDrop() && count > 0) {
                drops.put(counter.label(), count);
            }
        }
        return drops;
    }

    private static long forwarded(final JsonNode engine) {
        return engine.path(Counter.FORWARDED_REQUEST.label()).asLong()
                + engine.path(Counter.FORWARDED_REPLY.label()).asLong();
    }
}
