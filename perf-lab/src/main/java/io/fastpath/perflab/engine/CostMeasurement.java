package io.fastpath.perflab.engine;

import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.lb.Protocol;
import io.fastpath.perflab.throughput.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Measures the kernel engine with a number of flows of one traffic in its table: opens them, brings both directions to
 * the middle of the connection, and runs packets of each kind in an order that has nothing to do with that in which the
 * flows were opened. Each packet's verdict is counted, so that no figure is that of a drop. Owned by one thread.
 */
final class CostMeasurement implements AutoCloseable {
    /** Flows that a round opens. */
    static final int OPENED_PER_ROUND = 16_384;

    private static final int STRANGER_COUNT = 65_536;
    private static final int OTHER_PORT = CostTraffic.PORT + 1;

    private final CostTraffic traffic;
    private final int flowCount;
    private final int roundCount;
    private final Unwinder resources = new Unwinder();
    private final CostRig rig;
    private final CostProgram program;
    private final Random random = new Random(1);
    private int usedVariants;

    /**
     * Loads the program and opens the flows.
     *
     * @param object the compiled {@code lab_cost.bpf.c}.
     * @param traffic of all flows.
     * @param flowCount of them.
     * @param roundCount times that each kind will be measured.
     */
    CostMeasurement(final Path object, final CostTraffic traffic, final int flowCount, final int roundCount) {
        this.traffic = traffic;
        this.flowCount = flowCount;
        this.roundCount = roundCount;
        final int opened = roundCount * OPENED_PER_ROUND;
        try {
            rig = new CostRig(traffic, flowCount + flowCount / 4 + opened);
            resources.add(rig::close);
            program = new CostProgram(object, 2 * flowCount + opened + 2 * STRANGER_COUNT);
            resources.add(program::close);
        } catch (final RuntimeException ex) {
            resources.close();
            throw ex;
        }
    }

    /** {@return the program that is measured} */
    ProgramSize size() {
        return ProgramSize.of(rig.program());
    }

    /**
     * Measure.
     *
     * @param packetCount packets of a round, but for those that open flows.
     * @param kinds first words of the cases' names.
     * @return a row for each kind of packet.
     */
    List<CostRow> run(final int packetCount, final List<String> kinds) {
        final List<CostCase> cases = cases().stream()
                .filter(kind -> kinds.stream().anyMatch(kind.name()::startsWith))
                .toList();
        final List<List<Double>> costs = new ArrayList<>();
        final List<List<Double>> baselines = new ArrayList<>();
        cases.forEach(kind -> {
            costs.add(new ArrayList<>());
            baselines.add(new ArrayList<>());
        });
        for (int round = 0; round < roundCount; round++) {
            for (int i = 0; i < cases.size(); i++) {
                final CostCase kind = cases.get(i);
                final Deck deck =
                        kind.isSpent() ? kind.deck().part(round * OPENED_PER_ROUND, OPENED_PER_ROUND) : kind.deck();
                final int runs = kind.isSpent() ? OPENED_PER_ROUND : packetCount;
                program.subject(program.nothing());
                final double baseline = program.run(deck, runs);
                final double cost = pass(deck, kind.verdict(), runs);
                baselines.get(i).add(baseline);
                costs.get(i).add(cost - baseline);
            }
        }
        final List<CostRow> rows = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            final CostCase kind = cases.get(i);
            rows.add(new CostRow(
                    traffic.label(),
                    kind.name(),
                    flowCount,
                    kind.verdict().label(),
                    kind.isSpent() ? OPENED_PER_ROUND : packetCount,
                    Spread.of(costs.get(i)),
                    Spread.of(baselines.get(i)).median()));
        }
        return rows;
    }

    @Override
    public void close() {
        resources.close();
    }

    private List<CostCase> cases() {
        final boolean isTcp = traffic.protocol() == Protocol.TCP;
        final FrameLayout toService = FrameLayout.of(traffic.isIpv4(), traffic.protocol(), false);
        final int first = take(flowCount);
        final Deck opening = requests(first, CostFrame.SYN);
        pass(opening, Counter.FORWARDED_REQUEST, flowCount);
        if (rig.count(Counter.FLOW_OPENED) != flowCount) {
            throw new LabException(rig.count(Counter.FLOW_OPENED) + " of " + flowCount + " flows could be opened");
        }
        final int firstReply = take(flowCount);
        pass(replies(firstReply, CostFrame.SYN | CostFrame.ACK), Counter.FORWARDED_REPLY, flowCount);
        final Deck requests = requests(first, CostFrame.ACK);
        pass(requests, Counter.FORWARDED_REQUEST, flowCount);
        final Deck replies = replies(firstReply, CostFrame.ACK);
        final int newCount = roundCount * OPENED_PER_ROUND;
        final Deck opened = deck(
                toService,
                take(newCount),
                newCount,
                i -> traffic.request(flowCount + i, CostTraffic.PORT, CostFrame.SYN));
        final int strangers = flowCount + newCount;
        final List<CostCase> cases = new ArrayList<>();
        cases.add(new CostCase("hit, request", requests, Counter.FORWARDED_REQUEST, false));
        cases.add(new CostCase("hit, reply", replies, Counter.FORWARDED_REPLY, false));
        cases.add(new CostCase("new flow", opened, Counter.FORWARDED_REQUEST, true));
        cases.add(new CostCase(
                "miss, not ours",
                deck(
                        toService,
                        take(STRANGER_COUNT),
                        STRANGER_COUNT,
                        i -> traffic.request(strangers + i, OTHER_PORT, CostFrame.ACK)),
                Counter.XDP_PASS_NOT_OURS,
                false));
        if (isTcp) {
            cases.add(new CostCase(
                    "miss, no flow",
                    deck(
                            toService,
                            take(STRANGER_COUNT),
                            STRANGER_COUNT,
                            i -> traffic.request(strangers + i, CostTraffic.PORT, CostFrame.ACK)),
                    Counter.DROP_NO_FLOW,
                    false));
        } else if (traffic.isIpv4()) {
            cases.add(alike("answer, ARP", CostFrame.arp(traffic.client(0), traffic.vip()), Counter.ANSWERED_ARP));
            cases.add(alike("answer, echo", CostFrame.echo(traffic.client(0), traffic.vip()), Counter.ANSWERED_ECHO));
        }
        return cases;
    }

    /** Passes frames to the engine and demands one verdict of all. */
    private double pass(final Deck deck, final Counter verdict, final int runCount) {
        program.subject(rig.program());
        final long before = rig.count(verdict);
        final double ns = program.run(deck, runCount);
        final long met = rig.count(verdict) - before;
        if (met != runCount) {
            throw new LabException("only " + met + " of " + runCount + " packets were counted as " + verdict.label());
        }
        return ns;
    }

    private Deck requests(final int first, final int tcpFlags) {
        final FrameLayout layout = FrameLayout.of(traffic.isIpv4(), traffic.protocol(), false);
        return deck(layout, first, flowCount, i -> traffic.request(i, CostTraffic.PORT, tcpFlags));
    }

    private Deck replies(final int first, final int tcpFlags) {
        final FrameLayout layout = FrameLayout.of(traffic.isIpv4(), traffic.protocol(), true);
        final List<Integer> slots = new ArrayList<>(flowCount);
        for (int slot = 0; slot < rig.slotCount(); slot++) {
            if (traffic.reply(rig.flows(), slot, tcpFlags) != null) {
                slots.add(slot);
            }
        }
        if (slots.size() != flowCount) {
            throw new LabException("only " + slots.size() + " of " + flowCount + " flows are in the table still");
        }
        return deck(layout, first, flowCount, i -> traffic.reply(rig.flows(), slots.get(i), tcpFlags));
    }

    private CostCase alike(final String name, final byte[] frame, final Counter verdict) {
        return new CostCase(name, deck(FrameLayout.ALIKE, take(1), 1, i -> frame), verdict, false);
    }

    /** Stores frames in random order. */
    private Deck deck(final FrameLayout layout, final int first, final int count, final IntFunction<byte[]> frames) {
        final List<Integer> order = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        for (int i = 0; i < count; i++) {
            program.store(first + i, layout, frames.apply(order.get(i)));
        }
        return new Deck(layout, frames.apply(0), first, count);
    }

    private int take(final int count) {
        final int first = usedVariants;
        usedVariants += count;
        return first;
    }
}
