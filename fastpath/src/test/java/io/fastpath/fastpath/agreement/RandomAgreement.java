package io.fastpath.fastpath.agreement;

import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker.Outcome;
import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.SourceSpec;
import io.fastpath.lb.service.TcpCheckLevel;
import io.fastpath.lb.service.TrackingSpec;
import io.fastpath.lb.service.Vip;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The property: whatever comes in, in whatever order, the pipeline and the other engine do the same. A round is a balancer
 * drawn at random and some hundred steps on it; its seed is all that is needed to play it again.
 */
final class RandomAgreement {
    private static final int STEPS = 300;

    /** About as many connections with packets of both sides as a small table takes: nothing makes room for another. */
    private static final int CROWD = FlowTable.SLOT_COUNT_MIN / 2;

    /**
     * Time goes by in multiples of this. No timeout is near to any multiple, so that the few milliseconds that a round
     * takes, and by which two engines read the clock differently, bring no connection across its timeout.
     */
    private static final int ELAPSE_UNIT_SECONDS = 11;

    private static final long MORE_NS = TimeUnit.SECONDS.toNanos(60);

    private static final String[] WIDE_VIPS = {
        "10.7.0.100", "10.7.0.0/24", "10.7.0.0/16", "2001:db8:7::100", "2001:db8:7::/64"
    };
    private static final Ports[] WIDE_PORTS = {new Ports(79, 85), new Ports(86, 99), Ports.ANY};

    private final JavaEngine java;
    private final Engine other;
    private final Map<Counter, Integer> verdicts = new EnumMap<>(Counter.class);

    RandomAgreement(final JavaEngine java, final Engine other) {
        this.java = java;
        this.other = other;
    }

    /**
     * Plays rounds with seeds from one on, as many as fit into a time, and more until all verdicts were met that are asked for,
     * but not for longer than a minute more: a busy machine plays few rounds in seconds.
     */
    int play(final long firstSeed, final long durationNs, final Set<Counter> wanted) {
        final long startNs = System.nanoTime();
        int rounds = 0;
        while (isOn(System.nanoTime() - startNs, durationNs, wanted)) {
            round(firstSeed + rounds++);
        }
        return rounds;
    }

    private boolean isOn(final long elapsedNs, final long durationNs, final Set<Counter> wanted) {
        return elapsedNs < durationNs
                || elapsedNs < durationNs + MORE_NS && !verdicts.keySet().containsAll(wanted);
    }

    /** How often the pipeline came to each verdict. */
    Map<Counter, Integer> verdicts() {
        return verdicts;
    }

    void round(final long seed) {
        final Random random = new Random(seed);
        final boolean isCrowded = random.nextInt(3) == 0;
        final long balancerSeed = random.nextLong();
        final Lockstep lockstep =
                new Lockstep(java, other, () -> balancer(new Random(balancerSeed), balancerSeed, isCrowded));
        final RandomTraffic traffic = new RandomTraffic(random, isCrowded ? 1000 : 1 + random.nextInt(12));
        try {
            if (isCrowded) {
                crowd(lockstep, CROWD - random.nextInt(CROWD / 4));
            }
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(60) == 0) {
                    elapse(lockstep, random);
                }
                step(lockstep, traffic);
            }
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError("round with seed " + seed + "L:\n" + e.getMessage(), e);
        }
    }

    private void crowd(final Lockstep lockstep, final int count) {
        for (int port = 1; port <= count; port++) {
            final Outcome outcome = receive(lockstep, RandomTraffic.crowding(port));
            if (outcome.verdict() == Counter.FORWARDED_REQUEST) {
                receive(lockstep, RandomTraffic.answer(outcome.frame()));
            }
        }
    }

    private static void elapse(final Lockstep lockstep, final Random random) {
        final int seconds = ELAPSE_UNIT_SECONDS * (1 + random.nextInt(random.nextInt(8) == 0 ? 700 : 6));
        lockstep.change(
                seconds + " s go by", balancer -> TableImage.age(balancer.tables(), Duration.ofSeconds(seconds)));
    }

    private void step(final Lockstep lockstep, final RandomTraffic traffic) {
        final Outcome outcome = receive(lockstep, traffic.next());
        if (outcome.verdict() == Counter.FORWARDED_REQUEST) {
            traffic.sentToBackend(outcome.frame());
        }
    }

    private Outcome receive(final Lockstep lockstep, final RandomTraffic.Arrival arrival) {
        final Outcome outcome = lockstep.receive(arrival.ifindex(), arrival.frame());
        verdicts.merge(outcome.verdict(), 1, Integer::sum);
        return outcome;
    }

    private static TestBalancer balancer(final Random random, final long seed, final boolean isCrowded) {
        final TestBalancer balancer = new TestBalancer()
                .hashSeed(seed | 1)
                .flowSlots(isCrowded ? FlowTable.SLOT_COUNT_MIN : 2048)
                .snatPorts(40000, 40000 + random.nextInt(isCrowded ? 500 : 4))
                .interfaceFlags(flags(random), flags(random));
        if (random.nextInt(2) == 0) {
            balancer.errorsPerSecond(Integer.MAX_VALUE); // no limit: the engines read different clocks
        }
        if (random.nextInt(2) == 0) {
            balancer.ownAddresses();
        }
        if (random.nextInt(4) == 0) {
            balancer.openLimits(1 + random.nextInt(100), 1 + random.nextInt(30));
        }
        final TcpCheckLevel[] levels = TcpCheckLevel.values();
        final TrackingSpec tracking = new TrackingSpec(false, levels[random.nextInt(levels.length)]);
        for (final Protocol protocol : Protocol.values()) {
            balancer.tracking(protocol == Protocol.TCP ? tracking : TrackingSpec.DEFAULT);
            balancer.selection(new SelectionSpec(
                    HashInput.ofCode(random.nextInt(3)), Algorithm.ofCode(random.nextInt(5)), SourceSpec.ALL));
            balancer.service(protocol, "10.7.0.100", 80, Forwarding.FULL_NAT, "10.8.0.11", 8080, "10.8.0.12", 8080);
            balancer.service(protocol, "10.7.0.100", 90, Forwarding.NAT, "10.8.0.11", 9090, "10.8.0.12", 9090);
            balancer.service(protocol, "2001:db8:7::100", 80, Forwarding.FULL_NAT, "2001:db8:8::11", 8080);
            balancer.service(protocol, "2001:db8:7::100", 90, Forwarding.NAT, "2001:db8:8::11", 9090);
            if (random.nextInt(2) == 0) {
                wide(balancer, protocol, random);
            }
        }
        addDirect(balancer, tracking);
        balancer.routes().add("0.0.0.0", 0, TestBalancer.CLIENTS, "192.0.2.254");
        balancer.routes().add("::", 0, TestBalancer.CLIENTS, "2001:db8:1::fe");
        return balancer.neighbour("10.8.0.12", "02:bb:00:00:00:12");
    }

    private static void addDirect(final TestBalancer balancer, final TrackingSpec tracking) {
        for (final Protocol protocol : Protocol.values()) {
            balancer.tracking(protocol == Protocol.TCP ? tracking : TrackingSpec.DEFAULT);
            balancer.service(protocol, "10.7.0.100", 70, Forwarding.DSR_L2, "10.8.0.11", 70, "10.8.0.12", 70);
            balancer.service(protocol, "2001:db8:7::100", 70, Forwarding.DSR_L2, "2001:db8:8::11", 70);
            balancer.service(protocol, "10.7.0.100", 71, Forwarding.DSR_IPIP, "10.8.0.11", 71, "10.8.0.12", 71);
            balancer.service(protocol, "2001:db8:7::100", 71, Forwarding.DSR_IPIP, "2001:db8:8::11", 71);
            balancer.service(protocol, "10.7.0.100", 72, Forwarding.DSR_GUE, "10.8.0.11", 72, "10.8.0.12", 72);
            balancer.service(protocol, "2001:db8:7::100", 72, Forwarding.DSR_GUE, "2001:db8:8::11", 72);
            balancer.service(protocol, "10.7.0.100", 73, Forwarding.DSR_IPIP, "2001:db8:8::11", 73);
            balancer.service(protocol, "2001:db8:7::100", 73, Forwarding.DSR_GUE, "10.8.0.11", 73);
            balancer.service(protocol, "10.7.0.100", 76, Forwarding.FULL_NAT, "2001:db8:8::11", 7676);
            balancer.service(protocol, "2001:db8:7::100", 76, Forwarding.FULL_NAT, "10.8.0.11", 7676);
            balancer.service(protocol, "10.7.0.100", 74, Forwarding.DSR_GENEVE, "10.8.0.11", 74, "10.8.0.12", 74);
            balancer.service(protocol, "2001:db8:7::100", 74, Forwarding.DSR_GENEVE, "2001:db8:8::11", 74);
            balancer.service(protocol, "10.7.0.100", 75, Forwarding.DSR_GENEVE, "2001:db8:8::11", 75);
            balancer.service(protocol, "2001:db8:7::100", 75, Forwarding.DSR_GENEVE, "10.8.0.11", 75);
        }
    }

    /** Services for ranges of ports and for prefixes, over and beside the others. */
    private static void wide(final TestBalancer balancer, final Protocol protocol, final Random random) {
        for (final String vip : WIDE_VIPS) {
            for (final Ports ports : WIDE_PORTS) {
                if (random.nextInt(3) == 0) {
                    final boolean isIpv4 = vip.indexOf(':') < 0;
                    balancer.service(
                            new ServiceKey(Vip.parse(vip), ports, protocol),
                            random.nextBoolean() ? Forwarding.NAT : Forwarding.FULL_NAT,
                            isIpv4 ? "10.8.0.12" : "2001:db8:8::11",
                            random.nextInt(2) * 7070);
                }
            }
        }
    }

    private static int flags(final Random random) {
        return random.nextInt(3) == 0 ? InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM : 0;
    }
}
