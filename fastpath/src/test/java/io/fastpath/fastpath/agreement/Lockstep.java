package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker.Outcome;
import io.fastpath.fastpath.replay.EngineTables;
import io.fastpath.fastpath.replay.TableDifferences;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.BitUtil;

/**
 * Plays the same on the pipeline and on another engine, frame by frame, and fails at the first frame after which they
 * differ in anything: verdict, egress, bytes out, counts, table entries.
 */
final class Lockstep {
    /** How far apart the two may read the clock, in ticks: a pause of the test's process may come between. */
    private static final int CLOCK_TOLERANCE_TICKS = 500;

    /** The walk over the fragment table takes longer than all else: packets from one to the next. */
    private static final int DATAGRAMS_INTERVAL = 32;

    private final JavaEngine java;
    private final Engine other;
    private final TestBalancer javaBalancer;
    private final TestBalancer otherBalancer;
    private final List<String> history = new ArrayList<>();

    /** Starts a balancer on each. */
    Lockstep(final JavaEngine java, final Engine other, final Supplier<TestBalancer> described) {
        this.java = java;
        this.other = other;
        this.javaBalancer = described.get();
        this.otherBalancer = described.get();
        java.start(javaBalancer);
        other.start(otherBalancer);
        TableImage.copyTimes(javaBalancer.tables(), otherBalancer.tables());
    }

    /** Does something to both balancers, or to their tables, that is no packet. */
    void change(final String what, final Consumer<TestBalancer> change) {
        history.add(what);
        change.accept(javaBalancer);
        change.accept(otherBalancer);
    }

    /** The pipeline's outcome, which is the other's too. */
    Outcome receive(final int ifindex, final byte[] frame) {
        history.add(ifindex + " <- " + BitUtil.toHex(frame));
        final Map<Counter, Long> javaBefore = Tally.of(javaBalancer);
        final Map<Counter, Long> otherBefore = Tally.of(otherBalancer);
        final Outcome actual = other.receive(ifindex, frame);
        final Outcome expected = java.receive(ifindex, frame);
        final List<String> differences = new ArrayList<>();
        compareOutcomes(expected, actual, differences);
        final Map<Counter, Long> javaGrown = Tally.since(javaBefore, javaBalancer);
        final Map<Counter, Long> otherGrown = Tally.since(otherBefore, otherBalancer);
        if (Tally.isVerdict(actual.verdict())) {
            differences.addAll(TableDifferences.inCounts(javaGrown, otherGrown));
        } else {
            differences.addAll(TableDifferences.inCounts(Map.of(), otherGrown));
        }
        differences.addAll(TableDifferences.inRecords(
                new EngineTables(javaBalancer.tables(), javaBalancer.nowNs()),
                new EngineTables(otherBalancer.tables(), otherBalancer.nowNs()),
                CLOCK_TOLERANCE_TICKS,
                other.keepsHopsAsJavaDoes()));
        if (history.size() % DATAGRAMS_INTERVAL == 0) {
            differences.addAll(TableDifferences.inDatagrams(
                    new EngineTables(javaBalancer.tables(), javaBalancer.nowNs()),
                    new EngineTables(otherBalancer.tables(), otherBalancer.nowNs())));
        }
        if (!differences.isEmpty()) {
            throw new AssertionError(String.join("\n", differences) + "\nafter:\n" + String.join("\n", history));
        }
        TableImage.copyTimes(javaBalancer.tables(), otherBalancer.tables());
        return expected;
    }

    private void compareOutcomes(final Outcome expected, final Outcome actual, final List<String> differences) {
        if (!other.isMet(expected.verdict(), actual.verdict())) {
            differences.add("verdict: " + expected.verdict() + " / " + actual.verdict());
        }
        if (expected.egressIfindex() != actual.egressIfindex()) {
            differences.add("egress: " + expected.egressIfindex() + " / " + actual.egressIfindex());
        }
        if (!Arrays.equals(expected.frame(), actual.frame())) {
            differences.add("frame out: " + hex(expected.frame()) + "\n         / " + hex(actual.frame()));
        }
    }

    private static String hex(final byte[] frame) {
        return frame == null ? "none" : BitUtil.toHex(frame);
    }
}
