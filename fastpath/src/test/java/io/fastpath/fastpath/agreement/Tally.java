package io.fastpath.fastpath.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.EnumMap;
import java.util.Map;

/**
 * What both engines count. Left out are the XDP program's own counts, and the frames sent, which the pipeline leaves to
 * its worker.
 */
final class Tally {
    private Tally() {}

    /** All counts of a balancer, over all rows. */
    static Map<Counter, Long> of(final TestBalancer balancer) {
        final CounterReader reader = balancer.counters();
        final Map<Counter, Long> counts = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            if (isShared(counter)) {
                counts.put(counter, reader.total(counter));
            }
        }
        return counts;
    }

    /** What grew since, and by how much. */
    static Map<Counter, Long> since(final Map<Counter, Long> before, final TestBalancer balancer) {
        final Map<Counter, Long> grown = new EnumMap<>(Counter.class);
        of(balancer).forEach((counter, count) -> {
            if (!count.equals(before.get(counter))) {
                grown.put(counter, count - before.get(counter));
            }
        });
        return grown;
    }

    /** One packet came in and ended one way; one that was left to the kernel's stack is no engine's. */
    static void checkOne(final Map<Counter, Long> grown, final TestWorker.Outcome outcome, final int length) {
        final boolean isTaken = isVerdict(outcome.verdict());
        for (final Counter counter : Counter.values()) {
            if (isVerdict(counter)) {
                assertThat(grown.getOrDefault(counter, 0L))
                        .as("%s after a packet that ended as %s", counter, outcome.verdict())
                        .isEqualTo(counter == outcome.verdict() ? 1 : 0);
            }
        }
        assertThat(grown.getOrDefault(Counter.RX_PACKETS, 0L)).isEqualTo(isTaken ? 1 : 0);
        assertThat(grown.getOrDefault(Counter.RX_BYTES, 0L)).isEqualTo(isTaken ? length : 0);
    }

    /** Whether it is an end of a packet that an engine took. */
    static boolean isVerdict(final Counter counter) {
        return counter.isDrop() || TestWorker.VERDICTS.contains(counter);
    }

    private static boolean isShared(final Counter counter) {
        return counter.code() >= Counter.RX_PACKETS.code()
                && counter != Counter.TX_PACKETS
                && counter != Counter.TX_BYTES;
    }
}
