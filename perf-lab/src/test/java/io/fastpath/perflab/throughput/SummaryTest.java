package io.fastpath.perflab.throughput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SummaryTest {
    private static final double EXACT = 1e-12;

    @Test
    void shouldTakeTheMedianOfOddAndEvenCounts() {
        assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3));
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4));
    }

    @Test
    void shouldCompareRoundsOfOneNumber() {
        // Both halve between rounds, as on a machine that got busy: the ratio stays.
        final List<Round> rounds =
                List.of(round(1, "c", 100), round(1, "java", 90), round(2, "c", 50), round(2, "java", 45));

        final List<Summary> summaries = Summary.ofAll(rounds, "c");

        assertThat(summaries).extracting(Summary::subject).containsExactly("c", "java");
        assertThat(summaries.get(1).ratio().lowest()).isCloseTo(0.9, within(EXACT));
        assertThat(summaries.get(1).ratio().highest()).isCloseTo(0.9, within(EXACT));
        assertThat(summaries.get(1).deliveredPps()).isEqualTo(new Spread(67.5, 45, 90));
        assertThat(summaries.get(1).noise()).isCloseTo(45 / 67.5, within(EXACT));
    }

    @Test
    void shouldCallUnsoundWhatWasWrongOrNeverExamined() {
        assertThat(round(1, "c", 100).isSound()).isTrue();
        assertThat(new Round(1, "c", 1, 64, 1, 1, 1, 0, 0, 0, null, 0).isSound())
                .isFalse();
        assertThat(new Round(1, "c", 1, 64, 1, 1, 1, 9, 1, 0, null, 0).isSound())
                .isFalse();
        assertThat(new Round(1, "c", 1, 64, 1, 1, 1, 9, 0, 1, null, 0).isSound())
                .isFalse();
    }

    private static Round round(final int number, final String subject, final double deliveredPps) {
        return new Round(number, subject, 1, 64, 1, 200, deliveredPps, 9, 0, 0, null, 0);
    }
}
