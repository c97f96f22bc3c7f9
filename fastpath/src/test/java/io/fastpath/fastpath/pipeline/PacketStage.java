package io.fastpath.fastpath.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.BitUtil;

/** Plays frames through a balancer and says what must come of each. */
final class PacketStage {
    static final Set<Counter> VERDICTS = EnumSet.range(Counter.FORWARDED_REQUEST, Counter.CONSUMED_ARP);

    private final TestBalancer balancer;
    private final Set<Counter> seen = EnumSet.noneOf(Counter.class);
    private final List<byte[]> received = new ArrayList<>();

    PacketStage(final TestBalancer balancer) {
        this.balancer = balancer;
    }

    TestBalancer balancer() {
        return balancer;
    }

    /** The verdicts that packets ended in so far. */
    Set<Counter> seen() {
        return seen;
    }

    /** The frames that came in so far. */
    List<byte[]> received() {
        return received;
    }

    Received receive(final int ifindex, final PacketBuilder packet) {
        return receive(ifindex, packet.build());
    }

    Received receive(final int ifindex, final byte[] frame) {
        received.add(frame);
        final Map<Counter, Long> before = counters();
        final TestWorker.Outcome outcome = balancer.receive(ifindex, frame);
        seen.add(outcome.verdict());
        checkCounters(before, outcome.verdict(), frame.length);
        return new Received(outcome, before);
    }

    private void checkCounters(final Map<Counter, Long> before, final Counter verdict, final int length) {
        for (final Counter counter : Counter.values()) {
            if (counter.isDrop() || VERDICTS.contains(counter)) {
                assertThat(balancer.count(counter) - before.get(counter))
                        .as("%s after a packet that ended as %s", counter, verdict)
                        .isEqualTo(counter == verdict ? 1 : 0);
            }
        }
        assertThat(balancer.count(Counter.RX_PACKETS) - before.get(Counter.RX_PACKETS))
                .isEqualTo(1);
        assertThat(balancer.count(Counter.RX_BYTES) - before.get(Counter.RX_BYTES))
                .isEqualTo(length);
    }

    private Map<Counter, Long> counters() {
        final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            counters.put(counter, balancer.count(counter));
        }
        return counters;
    }

    /** What came of a packet. */
    final class Received {
        private final TestWorker.Outcome outcome;
        private final Map<Counter, Long> before;

        private Received(final TestWorker.Outcome outcome, final Map<Counter, Long> before) {
            this.outcome = outcome;
            this.before = before;
        }

        /** It goes nowhere. */
        Received ends(final Counter verdict) {
            assertThat(outcome.verdict()).isEqualTo(verdict);
            assertThat(outcome.frame()).as("frame sent on").isNull();
            return this;
        }

        Received leaves(final Counter verdict, final int ifindex, final PacketBuilder frame) {
            return leaves(verdict, ifindex, frame.build());
        }

        /** It goes out, byte for byte like this. */
        Received leaves(final Counter verdict, final int ifindex, final byte[] frame) {
            assertThat(outcome.verdict()).isEqualTo(verdict);
            assertThat(outcome.egressIfindex()).as("egress").isEqualTo(ifindex);
            assertThat(BitUtil.toHex(outcome.frame())).isEqualTo(BitUtil.toHex(frame));
            return this;
        }

        /** Besides the verdict, this was counted. */
        Received counts(final Counter counter, final long delta) {
            assertThat(balancer.count(counter) - before.get(counter))
                    .as("%s", counter)
                    .isEqualTo(delta);
            return this;
        }

        TestWorker.Outcome outcome() {
            return outcome;
        }
    }
}
