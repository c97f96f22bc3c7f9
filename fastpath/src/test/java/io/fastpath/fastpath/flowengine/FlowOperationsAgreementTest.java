package io.fastpath.fastpath.flowengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.conntrack.TrackVerdict;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** Random operations give the same results, table bytes and counters on both sides, after every single one. */
class FlowOperationsAgreementTest {
    private static final int SLOTS = 512;
    private static final int STEPS = 12_000;
    private static final int REMEMBERED = 400;
    private static final String[] SNAT = {"10.8.0.1", "10.8.0.2", "2001:db8:8::1", "2001:db8:8::2"};
    private static final int[] FLAGS = {0x02, 0x12, 0x10, 0x10, 0x18, 0x11, 0x11, 0x04, 0x14};

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final long[] handles = new long[REMEMBERED];
    private final Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
    private int nowTicks = -2000; // the clock wraps on the way
    private int backendCount;
    private String operation = "";

    /** What has to have happened for the test to mean something. */
    private enum Outcome {
        OPENED(FlowHandle::isFlow),
        EXISTING(handle -> FlowHandle.isFlow(handle) && FlowHandle.isExisting(handle)),
        FULL(handle -> handle == FlowHandle.FULL),
        PORTS_EXHAUSTED(handle -> handle == FlowHandle.PORTS_EXHAUSTED);

        private final LongPredicate holds;

        Outcome(final LongPredicate holds) {
            this.holds = holds;
        }
    }

    /** What else happens besides packets. */
    private enum Extra {
        NONE,
        VISITS,
        VISITS_AND_DAMAGE
    }

    @Test
    void shouldAgreeWhileTheTableIsFull() {
        run(16, 1000, longTimeouts(), Extra.VISITS);
        assertThat(outcomes).contains(Outcome.OPENED, Outcome.EXISTING, Outcome.FULL);
    }

    @Test
    void shouldAgreeWhilePortsAreShort() {
        run(4, 3, longTimeouts(), Extra.VISITS);
        assertThat(outcomes).contains(Outcome.OPENED, Outcome.EXISTING, Outcome.PORTS_EXHAUSTED);
    }

    /** Nobody sweeps: what is closed without having been embryonic made room because its time was over. */
    @Test
    void shouldAgreeWhileConnectionsExpire() {
        final Map<Counter, Long> counts = run(16, 1000, shortTimeouts(), Extra.NONE);
        assertThat(outcomes).contains(Outcome.OPENED, Outcome.EXISTING);
        assertThat(counts.get(Counter.FLOW_CLOSED)).isGreaterThan(counts.get(Counter.FLOW_EVICTED_EMBRYONIC));
    }

    @Test
    void shouldAgreeOnWhatDeadWritersLeft() {
        run(16, 1000, shortTimeouts(), Extra.VISITS_AND_DAMAGE);
        assertThat(outcomes).contains(Outcome.OPENED, Outcome.EXISTING);
    }

    private Map<Counter, Long> run(
            final int backends, final int portCount, final FlowTimeouts timeouts, final Extra extra) {
        backendCount = backends;
        try (PairedTables tables =
                new PairedTables(SLOTS, backends, FlowEngineRig.sources(portCount, SNAT), timeouts, seed)) {
            for (int i = 0; i < STEPS; i++) {
                nowTicks += random.nextInt(40) == 0 ? random.nextInt(200) : 0; // so that many are equally old
                try {
                    step(tables, extra);
                    tables.compare();
                } catch (final AssertionError e) {
                    throw new AssertionError("step " + i + ", " + operation + ", seed " + seed, e);
                }
            }
            final EnumSet<Counter> seen = EnumSet.noneOf(Counter.class);
            tables.counts().forEach((counter, count) -> {
                if (count > 0) {
                    seen.add(counter);
                }
            });
            assertThat(seen).contains(Counter.FLOW_OPENED, Counter.FLOW_CLOSED, Counter.FLOW_EVICTED_EMBRYONIC);
            assertThat(seen).contains(Counter.FLOW_REOPENED, Counter.FLOW_LOST_RACE);
            assertThat(seen.contains(Counter.FLOW_RECLAIMED)).isEqualTo(extra == Extra.VISITS_AND_DAMAGE);
            return tables.counts();
        }
    }

    private void step(final PairedTables tables, final Extra extra) {
        final int kind = random.nextInt(100);
        if (kind < 40) {
            open(tables);
        } else if (kind < 50) {
            find(tables);
        } else if (kind < 80) {
            final int flags = random.nextInt(4) == 0 ? random.nextInt(256) : FLAGS[random.nextInt(FLAGS.length)];
            operation = "track " + flags;
            tables.track(someHandle(), flags, nowTicks);
        } else if (kind < 85) {
            operation = "stillValid";
            tables.stillValid(someHandle());
        } else if (kind < 90) {
            operation = "nextHop";
            tables.nextHop(someHandle(), random.nextInt(16));
        } else if (kind < 97 && extra != Extra.NONE) {
            operation = "visit";
            tables.visit(random.nextInt(SLOTS), nowTicks);
        } else if (extra == Extra.VISITS_AND_DAMAGE) {
            damage(tables);
        }
    }

    private void open(final PairedTables tables) {
        final FlowTuple tuple = randomRequest();
        final int family = tuple.destination().isIpv4() ? 0 : 1;
        final Forwarding forwarding = random.nextInt(3) == 0 ? Forwarding.NAT : Forwarding.FULL_NAT;
        operation = "open " + tuple + ' ' + forwarding;
        final long handle =
                tables.open(tuple, 2 * random.nextInt(backendCount / 2) + family, forwarding.code(), nowTicks);
        for (final Outcome outcome : Outcome.values()) {
            if (outcome.holds.test(handle)) {
                outcomes.add(outcome);
            }
        }
        if (FlowHandle.isFlow(handle)) {
            remember(handle);
            if (random.nextInt(4) != 0) {
                shakeHands(tables, tuple, handle);
            }
        }
    }

    /** Most connections get beyond their first packet, and so fill the table for good. */
    private void shakeHands(final PairedTables tables, final FlowTuple request, final long handle) {
        final long reverse = tables.find(tables.replyTuple(handle));
        if (FlowHandle.isFlow(reverse)) {
            remember(reverse);
            if (tables.track(reverse, 0x12, nowTicks) == TrackVerdict.ACCEPTED) {
                tables.track(tables.find(request), 0x10, nowTicks);
            }
        }
    }

    private void find(final PairedTables tables) {
        final long known = someHandle();
        final FlowTuple tuple = random.nextBoolean() ? randomRequest() : tables.replyTuple(known);
        operation = "find " + tuple;
        final long handle = tables.find(tuple);
        if (FlowHandle.isFlow(handle)) {
            remember(handle);
        }
    }

    /** What a writer leaves that dies, or that is stopped for too long, between two of its steps. */
    private void damage(final PairedTables tables) {
        final int slot = random.nextInt(SLOTS);
        final int control = tables.control(slot);
        final int kind = random.nextInt(6);
        operation = "damage " + kind + " of slot " + slot;
        switch (kind) {
            case 0 -> tables.damage(slot, FlowDescriptor.CONTROL_OFFSET, withState(control, FlowState.CLAIMED));
            case 1 -> tables.damage(slot, FlowDescriptor.CONTROL_OFFSET, withState(control, FlowState.DYING));
            case 2 -> tables.damage(slot, FlowDescriptor.HOP_OFFSET, 0);
            case 3 -> tables.damage(slot, FlowDescriptor.HOP_OFFSET, tables.flows.hop(slot) | 1 << random.nextInt(24));
            case 4 -> tables.damage(slot, FlowDescriptor.PEER_INDEX_OFFSET, random.nextInt(SLOTS));
            default -> tables.damage(slot, FlowDescriptor.CLIENT_OFFSET, random.nextInt());
        }
    }

    private static int withState(final int control, final int state) {
        return control & ~FlowDescriptor.STATE_MASK | state;
    }

    private FlowTuple randomRequest() {
        final boolean isIpv4 = random.nextBoolean();
        return FlowTuple.of(
                (isIpv4 ? "192.0.2." : "2001:db8:1::") + (1 + random.nextInt(9)),
                1024 + random.nextInt(8),
                (isIpv4 ? "10.7.0." : "2001:db8:7::") + (1 + random.nextInt(2)),
                random.nextBoolean() ? 80 : 443,
                random.nextBoolean() ? FlowTuple.TCP : FlowTuple.UDP);
    }

    private void remember(final long handle) {
        handles[random.nextInt(REMEMBERED)] = handle;
    }

    private long someHandle() {
        return handles[random.nextInt(REMEMBERED)];
    }

    private static FlowTimeouts longTimeouts() {
        FlowTimeouts timeouts = FlowTimeouts.defaults();
        for (int state = FlowState.TCP_SYN_SENT; state < FlowState.COUNT; state++) {
            timeouts = timeouts.with(state, 60_000L << FlowDescriptor.TICK_SHIFT);
        }
        return timeouts;
    }

    /** Around the second after which a writer counts as dead, on both sides of it. */
    private static FlowTimeouts shortTimeouts() {
        FlowTimeouts timeouts = FlowTimeouts.defaults();
        for (int state = FlowState.TCP_SYN_SENT; state < FlowState.COUNT; state++) {
            timeouts = timeouts.with(state, state * 300L << FlowDescriptor.TICK_SHIFT);
        }
        return timeouts;
    }
}
