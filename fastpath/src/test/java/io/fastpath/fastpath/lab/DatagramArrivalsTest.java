package io.fastpath.fastpath.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class DatagramArrivalsTest {
    private static final long MS = 1_000_000;
    private static final int WARM = DatagramArrivals.WARM_UP_COUNT + 1;

    private final DatagramArrivals arrivals = new DatagramArrivals(MS);

    DatagramArrivalsTest() {
        for (int i = 0; i < WARM; i++) {
            arrive(i, 0);
        }
    }

    @Test
    void shouldFindNothingWrongWithAPerfectStream() {
        arrive(WARM, 0);
        final DatagramReport report = arrivals.report(WARM + 1, MS);
        assertThat(report.lost() + report.reordered() + report.duplicated()).isZero();
        assertThat(report.longestLossMs()).isZero();
        assertThat(report.longestGapMs()).isEqualTo(1);
    }

    @Test
    void shouldTellTheLongestLossAndItsGap() {
        arrive(WARM + 4, 0);
        arrive(WARM + 6, 0);
        final DatagramReport report = arrivals.report(WARM + 7, MS);
        assertThat(report.lost()).isEqualTo(5);
        assertThat(report.longestLossMs()).isEqualTo(4);
        assertThat(report.longestGapMs()).isEqualTo(5);
        assertThat(report.gaps())
                .containsExactly(new DatagramGap((WARM + 4) * MS, 5), new DatagramGap((WARM + 6) * MS, 2));
        assertThat(report.longestGapMs((WARM + 5) * MS, (WARM + 9) * MS)).isEqualTo(2);
        assertThat(report.longestGapMs((WARM + 7) * MS, (WARM + 9) * MS)).isZero();
    }

    @Test
    void shouldCountALossAtTheEnd() {
        assertThat(arrivals.report(WARM + 3, MS).longestLossMs()).isEqualTo(3);
    }

    @Test
    void shouldTellReorderingDuplicatesAndLatency() {
        arrive(WARM + 1, 0);
        arrive(WARM, 50);
        arrive(WARM, 60);
        final DatagramReport report = arrivals.report(WARM + 2, MS);
        assertThat(report.reordered()).isEqualTo(1);
        assertThat(report.duplicated()).isEqualTo(1);
        assertThat(report.lost()).isZero();
        assertThat(report.maxUs()).isCloseTo(60_000, within(60.0));
    }

    @Test
    void shouldNotBlameThePauseOfTheSender() {
        arrivals.arrived(WARM, (WARM + 80) * MS, (WARM - 1) * MS, (WARM + 80) * MS);
        final DatagramReport report = arrivals.report(WARM + 1, 81 * MS);
        assertThat(report.longestRawGapMs()).isEqualTo(81);
        assertThat(report.longestGapMs()).isEqualTo(1);
    }

    private void arrive(final long number, final long latencyMs) {
        arrivals.arrived(number, number * MS, (number - 1) * MS, (number + latencyMs) * MS);
    }
}
