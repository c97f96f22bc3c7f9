package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.lb.service.ServiceTable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every sentence about where a frame goes, played; then every frame again, cut off at each of its bytes. */
class SteerCasesTest {
    /** No frame on a served queue ends so, and no frame without a flow. */
    private static final Set<Counter> OF_OTHER_TESTS =
            Set.of(Counter.XDP_PASS_UNKNOWN_INTERFACE, Counter.XDP_STEERED_REPLY);

    private static SteerRig rig;

    @BeforeAll
    static void load() {
        rig = SteerRig.onLoopback(512, 64, 1);
        ServiceTable.attach(rig.lbMemory()).apply(Net.services());
    }

    @AfterAll
    static void unload() {
        rig.close();
    }

    static Stream<SteerCase> cases() {
        return Stream.of(
                        ServiceCases.hits(),
                        ServiceCases.misses(),
                        ServiceCases.options(),
                        ServiceCases.fragments(),
                        ServiceCases.extensionHeaders(),
                        LinkCases.tags(),
                        LinkCases.notIp(),
                        LinkCases.arps(),
                        LinkCases.echoes(),
                        LinkCases.solicitations())
                .flatMap(List::stream);
    }

    @TestFactory
    Stream<DynamicTest> shouldDoAsTheSentenceSays() {
        return cases().map(steerCase -> DynamicTest.dynamicTest(
                steerCase.sentence(),
                () -> assertThat(rig.receive(steerCase.frame())).isEqualTo(Verdict.of(steerCase.reason()))));
    }

    /** A piece that has all that the verdict rests on gets the whole frame's verdict, any other is truncated. */
    @TestFactory
    Stream<DynamicTest> shouldPassWhatEndsInsideAHeader() {
        return cases().map(steerCase -> DynamicTest.dynamicTest("a piece of: " + steerCase.sentence(), () -> {
            for (int length = SteerCase.ETHERNET_LENGTH; length < steerCase.frame().length; length++) {
                final Counter reason =
                        length < steerCase.neededLength() ? Counter.XDP_PASS_TRUNCATED : steerCase.reason();
                assertThat(rig.receive(Arrays.copyOf(steerCase.frame(), length)))
                        .as("%d bytes of %d", length, steerCase.frame().length)
                        .isEqualTo(Verdict.of(reason));
            }
        }));
    }

    @Test
    void shouldHaveACaseForEveryReason() {
        final Set<Counter> expected = Stream.concat(Verdict.STEERED.stream(), Verdict.PASSED.stream())
                .filter(counter -> !OF_OTHER_TESTS.contains(counter))
                .collect(Collectors.toSet());
        assertThat(cases().map(SteerCase::reason).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    /** A frame is longer than what it carries on most links: the padding is nobody's header. */
    @TestFactory
    Stream<DynamicTest> shouldPassOverPadding() {
        return cases().map(steerCase -> DynamicTest.dynamicTest(
                "with padding: " + steerCase.sentence(),
                () -> assertThat(rig.receive(Arrays.copyOf(steerCase.frame(), 1514)))
                        .isEqualTo(Verdict.of(steerCase.reason()))));
    }
}
