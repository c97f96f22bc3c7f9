package io.fastpath.fastpath.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The kernel engine does what the pipeline does: in every case, and whatever comes in. Needs root. */
class KernelAgreementTest {
    /** Where the machine is emulated, it takes longer to come across everything. */
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
            Counter.DROP_FLOW_TABLE_FULL,
            Counter.DROP_PORTS_EXHAUSTED,
            Counter.DROP_MTU);

    private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(Long.getLong("fastpath.agreement.seconds", 6));

    private static final JavaEngine JAVA = new JavaEngine();
    private static KernelEngine kernel;

    @BeforeAll
    static void load() {
        kernel = new KernelEngine();
    }

    @AfterAll
    static void unload() {
        kernel.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldAgreeOnEveryCase() {
        final CaseAgreement agreement = new CaseAgreement(JAVA, kernel);
        return PacketCaseLibrary.forBoth().stream()
                .map(packetCase -> DynamicTest.dynamicTest(packetCase.sentence(), () -> agreement.check(packetCase)));
    }

    @Test
    void shouldAgreeOnRandomTraffic() {
        final long seed = System.nanoTime();
        final RandomAgreement agreement = new RandomAgreement(JAVA, kernel);
        final int rounds = agreement.play(seed, DURATION_NS, WANTED);
        assertThat(agreement.verdicts().keySet())
                .as("what %d rounds from seed %d reached: %s", rounds, seed, agreement.verdicts())
                .containsAll(WANTED);
    }
}
