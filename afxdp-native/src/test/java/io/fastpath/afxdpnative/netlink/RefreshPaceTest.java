package io.fastpath.afxdpnative.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefreshPaceTest {
    private final RefreshPace pace = new RefreshPace();

    @Test
    void shouldBeDueAtFirstWhateverTheClockSays() {
        assertThat(pace.isDue(Long.MIN_VALUE)).isTrue();
        assertThat(pace.isDue(Long.MAX_VALUE)).isTrue();
        assertThat(pace.restMs(0)).isZero();
    }

    @Test
    void shouldRestNineTimesAsLongAsAReadingTook() {
        final long startNs = Long.MAX_VALUE - 1_000_000; // the clock may wrap
        pace.read(startNs, startNs + 2_000_000);

        assertThat(pace.isDue(startNs + 2_000_000)).isFalse();
        assertThat(pace.restMs(startNs + 2_000_000)).isEqualTo(18);
        assertThat(pace.restMs(startNs + 19_000_001)).isEqualTo(1);
        assertThat(pace.isDue(startNs + 19_999_999)).isFalse();
        assertThat(pace.isDue(startNs + 20_000_000)).isTrue();
        assertThat(pace.restMs(startNs + 20_000_000)).isZero();
    }
}
