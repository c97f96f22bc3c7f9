package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.BitUtil;

/** Plays frames through a balancer on an engine and says what must come of each. */
final class PacketStage {
    private final Engine engine;
    private final TestBalancer balancer;
    private final Set<Counter> seen = EnumSet.noneOf(Counter.class);
    private final List<byte[]> received = new ArrayList<>();

    /** A stage with a balancer that this starts. */
    PacketStage(final Engine engine, final TestBalancer described) {
        this.engine = engine;
        this.balancer = described;
        engine.start(described);
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

    /** The tables' connections, to enter some or to look at them. */
    FlowTable flows() {
        return balancer.worker(0).context().flowTable();
    }

    int nowTicks() {
        return FlowDescriptor.ticks(balancer.nowNs());
    }

    /** Makes all connections idle for so much longer: time goes by, though no clock moves. */
    void elapse(final Duration time) {
        TableImage.age(balancer.tables(), time);
    }

    /** Brings the usual connection to ESTABLISHED. */
    void establish() {
        receive(TestBalancer.CLIENTS, Frames.request());
        receive(TestBalancer.SERVERS, Frames.reply());
        receive(TestBalancer.CLIENTS, Frames.request().flags(ACK));
    }

    Received receive(final int ifindex, final PacketBuilder packet) {
        return receive(ifindex, packet.build());
    }

    Received receive(final int ifindex, final byte[] frame) {
        received.add(frame);
        final Map<Counter, Long> before = Tally.of(balancer);
        final TestWorker.Outcome outcome = engine.receive(ifindex, frame);
        final Map<Counter, Long> grown = Tally.since(before, balancer);
        seen.add(outcome.verdict());
        Tally.checkOne(grown, outcome, frame.length);
        return new Received(outcome, grown);
    }

    /** What came of a packet. */
    final class Received {
        private final TestWorker.Outcome outcome;
        private final Map<Counter, Long> grown;

        private Received(final TestWorker.Outcome outcome, final Map<Counter, Long> grown) {
            this.outcome = outcome;
            this.grown = grown;
        }

        /** It goes nowhere. */
        Received ends(final Counter verdict) {
            checkVerdict(verdict);
            assertThat(outcome.frame()).as("frame sent on").isNull();
            return this;
        }

        Received leaves(final Counter verdict, final int ifindex, final PacketBuilder frame) {
            return leaves(verdict, ifindex, frame.build());
        }

        /** It goes out, byte for byte like this. */
        Received leaves(final Counter verdict, final int ifindex, final byte[] frame) {
            checkVerdict(verdict);
            assertThat(outcome.egressIfindex()).as("egress").isEqualTo(ifindex);
            assertThat(BitUtil.toHex(outcome.frame())).isEqualTo(BitUtil.toHex(frame));
            return this;
        }

        /** It goes out somehow. */
        Received passes(final Counter verdict) {
            checkVerdict(verdict);
            assertThat(outcome.frame()).as("frame sent on").isNotNull();
            return this;
        }

        /** What was sent is not these bytes: the two at an offset are others. */
        Received differsAt(final byte[] frame, final int offset) {
            assertThat(Arrays.copyOfRange(outcome.frame(), offset, offset + 2))
                    .isNotEqualTo(Arrays.copyOfRange(frame, offset, offset + 2));
            return this;
        }

        /** By how much a count grew. */
        long grown(final Counter counter) {
            return grown.getOrDefault(counter, 0L);
        }

        /** Besides the verdict, this was counted. */
        Received counts(final Counter counter, final long delta) {
            assertThat(grown(counter)).as("%s", counter).isEqualTo(delta);
            return this;
        }

        /** The connection of the usual client port to a VIP's port is in a state now. */
        Received state(final int state) {
            FlowChecks.assertState(balancer, state);
            return this;
        }

        /** There are so many connections now. */
        Received flows(final int count) {
            assertThat(FlowChecks.count(balancer)).as("connections").isEqualTo(count);
            return this;
        }

        TestWorker.Outcome outcome() {
            return outcome;
        }

        private void checkVerdict(final Counter expected) {
            assertThat(engine.isMet(expected, outcome.verdict()))
                    .as("verdict %s, expected is %s", outcome.verdict(), expected)
                    .isTrue();
        }
    }
}
