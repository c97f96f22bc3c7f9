package io.fastpath.fastpath.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LogPaceTest {
    private final LogPace pace = new LogPace(100);

    @Test
    void shouldAdmitOneLinePerIntervalAndCountTheRest() {
        assertThat(pace.admits(-7)).isTrue();
        assertThat(pace.leftOut()).isEmpty();
        assertThat(pace.admits(0)).isFalse();
        assertThat(pace.admits(92)).isFalse();

        assertThat(pace.admits(93)).isTrue();

        assertThat(pace.leftOut()).isEqualTo(" (2 more since the last line)");
        assertThat(pace.admits(193)).isTrue();
        assertThat(pace.leftOut()).isEmpty();
    }
}
