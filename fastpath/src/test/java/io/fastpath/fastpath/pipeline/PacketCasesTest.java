package io.fastpath.fastpath.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every sentence about what becomes of a packet, played. */
class PacketCasesTest {
    /** Counted by the worker: a ring was full, or a batch failed. */
    private static final Set<Counter> NOT_THE_PIPELINES = EnumSet.of(Counter.DROP_TX_FULL, Counter.DROP_INTERNAL);

    static List<PacketCase> cases() {
        return Stream.of(
                        TranslationCases.all(),
                        VlanCases.all(),
                        NextHopCases.all(),
                        NextHopCases.changes(),
                        AdmissionCases.all(),
                        AnswerCases.all(),
                        NeighborCases.all(),
                        MalformedCases.all())
                .flatMap(List::stream)
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> shouldDoAsTheSentenceSays() {
        return cases().stream()
                .map(packetCase -> DynamicTest.dynamicTest(
                        packetCase.sentence(),
                        () -> packetCase
                                .script()
                                .accept(new PacketStage(packetCase.balancer().get()))));
    }

    @Test
    void shouldHaveACaseForEveryVerdict() {
        final Set<Counter> seen = EnumSet.noneOf(Counter.class);
        for (final PacketCase packetCase : cases()) {
            final PacketStage stage = new PacketStage(packetCase.balancer().get());
            packetCase.script().accept(stage);
            seen.addAll(stage.seen());
        }
        final Set<Counter> expected = Arrays.stream(Counter.values())
                .filter(counter -> counter.isDrop() || PacketStage.VERDICTS.contains(counter))
                .filter(counter -> !NOT_THE_PIPELINES.contains(counter))
                .collect(Collectors.toSet());
        assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
    }
}
