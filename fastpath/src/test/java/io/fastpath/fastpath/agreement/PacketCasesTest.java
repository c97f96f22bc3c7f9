package io.fastpath.fastpath.agreement;

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

/** Every sentence about what becomes of a packet, played by the pipeline. */
class PacketCasesTest {
    /** Counted by the worker: when a ring is full, a batch failed, or the worker stood still for long. */
    private static final Set<Counter> NOT_THE_PIPELINES = EnumSet.of(
            Counter.DROP_TX_FULL,
            Counter.DROP_INTERNAL,
            Counter.DROP_LATE,
            Counter.DROP_FRAGMENT_FULL,
            Counter.DROP_FRAGMENT_CROWDED);

    private final JavaEngine engine = new JavaEngine();

    @TestFactory
    Stream<DynamicTest> shouldDoAsTheSentenceSays() {
        return PacketCaseLibrary.all().stream()
                .map(packetCase -> DynamicTest.dynamicTest(packetCase.sentence(), () -> play(packetCase)));
    }

    @Test
    void shouldHaveACaseForEveryVerdict() {
        final Set<Counter> seen = EnumSet.noneOf(Counter.class);
        for (final PacketCase packetCase : PacketCaseLibrary.all()) {
            seen.addAll(play(packetCase).seen());
        }
        final Set<Counter> expected = Arrays.stream(Counter.values())
                .filter(Tally::isVerdict)
                .filter(counter -> !NOT_THE_PIPELINES.contains(counter))
                .collect(Collectors.toSet());
        assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldNameEveryCaseByItsOwnSentence() {
        final List<String> sentences =
                PacketCaseLibrary.all().stream().map(PacketCase::sentence).toList();
        assertThat(sentences).doesNotHaveDuplicates();
    }

    private PacketStage play(final PacketCase packetCase) {
        final PacketStage stage = new PacketStage(engine, packetCase.balancer().get());
        packetCase.script().accept(stage);
        return stage;
    }
}
