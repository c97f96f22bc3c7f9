package io.fastpath.fastpath.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker.Outcome;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the comparison of two engines works: two pipelines agree, and one with a fault is found out. */
class AgreementTest {
    private static final Set<Counter> WANTED = Set.of(
            Counter.FORWARDED_REQUEST,
            Counter.FORWARDED_REPLY,
            Counter.FORWARDED_ERROR,
            Counter.DROP_ICMP_QUOTE,
            Counter.DROP_ICMP_UNKNOWN,
            Counter.ANSWERED_ARP,
            Counter.ANSWERED_ECHO,
            Counter.ANSWERED_NEIGHBOR,
            Counter.ANSWERED_TOO_BIG,
            Counter.ANSWERED_EXPIRED,
            Counter.DROP_TCP_STATE,
            Counter.DROP_TCP_FLAGS,
            Counter.DROP_PORTS_EXHAUSTED,
            Counter.DROP_NO_FLOW,
            Counter.DROP_TTL_EXPIRED,
            Counter.DROP_FRAGMENT_ORPHAN,
            Counter.DROP_FRAGMENT_OVERLAP,
            Counter.DROP_MTU);

    private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(3);

    private final long seed = System.nanoTime();
    private final JavaEngine java = new JavaEngine();

    @Test
    void shouldAgreeWithAnotherPipelineOnRandomTraffic() {
        final RandomAgreement agreement = new RandomAgreement(java, new JavaEngine());
        final int rounds = agreement.play(seed, DURATION_NS, WANTED);
        assertThat(agreement.verdicts().keySet())
                .as("what %d rounds from seed %d reached: %s", rounds, seed, agreement.verdicts())
                .containsAll(WANTED);
    }

    @Test
    void shouldAgreeWithAnotherPipelineOnEveryCase() {
        final CaseAgreement agreement = new CaseAgreement(java, new JavaEngine());
        PacketCaseLibrary.all().forEach(agreement::check);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindAFault(final Fault fault) {
        final RandomAgreement agreement = new RandomAgreement(java, new SabotagedEngine(fault.deed));
        assertThatThrownBy(() -> agreement.play(seed, DURATION_NS, WANTED))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("round with seed")
                .hasMessageContaining(fault.trace);
    }

    /** What an engine could do wrong, and by what it is told. */
    enum Fault {
        VERDICT(
                "verdict: DROP_MTU / DROP_TTL_EXPIRED",
                (balancer, outcome) -> outcome.verdict() == Counter.DROP_MTU
                        ? new Outcome(Counter.DROP_TTL_EXPIRED, 0, null)
                        : outcome),
        EGRESS(
                "egress: 4 / 3",
                (balancer, outcome) -> outcome.egressIfindex() == TestBalancer.SERVERS
                        ? new Outcome(outcome.verdict(), TestBalancer.CLIENTS, outcome.frame())
                        : outcome),
        LAST_BYTE("frame out: ", (balancer, outcome) -> {
            if (outcome.frame() != null) {
                outcome.frame()[outcome.frame().length - 1]++;
            }
            return outcome;
        }),
        COUNT("flow_opened: 1 / 2", (balancer, outcome) -> {
            if (outcome.verdict() == Counter.FORWARDED_REQUEST) {
                balancer.worker(1).context().counters().increment(Counter.FLOW_OPENED.code());
            }
            return outcome;
        }),
        STATISTICS("statistics of backend ", (balancer, outcome) -> {
            add(balancer, MapNames.BACKEND_STATS, BackendStatsDescriptor.BYTES_FROM_OFFSET, 1);
            return outcome;
        }),
        FLOW("fp_flows at byte ", (balancer, outcome) -> {
            final SharedMemory flows = balancer.tables().region(MapNames.FLOWS);
            for (long slot = 0; slot < flows.length(); slot += FlowDescriptor.LENGTH) {
                if (TableImage.isUsed(flows, slot)) {
                    add(balancer, MapNames.FLOWS, slot + FlowDescriptor.BACKEND_INDEX_OFFSET, 1);
                }
            }
            return outcome;
        }),
        HOP_WORD("fp_flows at byte 0x0, word at 4", (balancer, outcome) -> {
            add(balancer, MapNames.FLOWS, FlowDescriptor.HOP_OFFSET, 1);
            return outcome;
        }),
        IDLE_TIME(" idle ticks: ", (balancer, outcome) -> {
            TableImage.age(balancer.tables(), Duration.ofSeconds(5));
            return outcome;
        }),
        NEXT_HOP("fp_next_hops at byte ", (balancer, outcome) -> {
            add(balancer, MapNames.NEXT_HOPS, 100L * NextHopDescriptor.LENGTH, 1);
            return outcome;
        }),
        BACKEND("fp_backends at byte ", (balancer, outcome) -> {
            add(balancer, MapNames.BACKENDS, BackendDescriptor.NEXT_HOP_INDEX_OFFSET, 1);
            return outcome;
        });

        private final String trace;
        private final BiFunction<TestBalancer, Outcome, Outcome> deed;

        Fault(final String trace, final BiFunction<TestBalancer, Outcome, Outcome> deed) {
            this.trace = trace;
            this.deed = deed;
        }

        private static void add(final TestBalancer balancer, final String mapName, final long offset, final int delta) {
            final SharedMemory region = balancer.tables().region(mapName);
            region.putShort(offset, (short) (region.getShort(offset) + delta));
        }
    }
}
