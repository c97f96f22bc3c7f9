package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LoadTrialTest {
    private static final double HYBRID = 1_700_000;
    private static final long TICK_NS = 500_000_000;

    private final LoadTrial trial = new LoadTrial();
    private long nowNs = -3 * TICK_NS;

    @Test
    void shouldLeaveAMachineAloneThatHasTimeLeft() {
        for (int i = 0; i < 100; i++) {
            assertThat(tick(HYBRID, false)).isFalse();
        }
    }

    @Test
    void shouldLeaveAMachineAloneThatIsBusyWithSomethingElse() {
        for (int i = 0; i < 100; i++) {
            assertThat(tick(LoadTrial.RATE_MIN - 1, true)).isFalse();
        }
    }

    @Test
    void shouldNotTakeAMomentForALoad() {
        for (int i = 0; i < 100; i++) {
            assertThat(tick(HYBRID, i % 2 == 0)).isFalse();
        }
    }

    @Test
    void shouldKeepWhatForwardsMore() {
        begin();
        assertThat(tick(1.2 * HYBRID, true)).isTrue();
        assertThat(trial.isSharing()).isTrue();
        assertThat(trial.hybridRate()).isEqualTo(HYBRID);
        assertThat(trial.sharedRate()).isEqualTo(1.2 * HYBRID);
        for (long ns = TICK_NS; ns < LoadTrial.SHARING_NS; ns += TICK_NS) {
            assertThat(tick(1.2 * HYBRID, false)).isTrue();
        }
        assertThat(tick(1.2 * HYBRID, false)).as("looks again each minute").isFalse();
        begin();
    }

    @Test
    void shouldRestWhenTheLoadIsOver() {
        begin();
        tick(1.2 * HYBRID, true);
        assertThat(tick(0.95 * HYBRID, false)).isTrue();
        assertThat(tick(0.85 * HYBRID, false)).isFalse();
        assertThat(trial.isSharing()).isFalse();
    }

    @Test
    void shouldGiveUpWhatForwardsNoMoreAndTryEverMoreRarely() {
        begin();
        assertThat(tick(1.04 * HYBRID, true)).isFalse();
        assertThat(ticksUntilTheNextTrial()).isEqualTo(LoadTrial.PAUSE_MIN_NS / TICK_NS);
        tick(HYBRID, true);
        assertThat(tick(0.8 * HYBRID, true)).isFalse();
        assertThat(ticksUntilTheNextTrial()).isEqualTo(2 * LoadTrial.PAUSE_MIN_NS / TICK_NS);
        for (int i = 0; i < 10; i++) {
            tick(HYBRID, true);
            tick(HYBRID, true);
            assertThat(ticksUntilTheNextTrial()).isLessThanOrEqualTo(LoadTrial.PAUSE_MAX_NS / TICK_NS);
        }
        tick(HYBRID, true);
        tick(HYBRID, true);
        assertThat(ticksUntilTheNextTrial()).isEqualTo(LoadTrial.PAUSE_MAX_NS / TICK_NS);
    }

    private void begin() {
        assertThat(tick(0.9 * HYBRID, true)).isFalse();
        assertThat(tick(HYBRID, true)).isTrue();
        assertThat(tick(1.5 * HYBRID, true))
                .as("half of it was before the change")
                .isTrue();
        assertThat(trial.isSharing()).isFalse();
    }

    private long ticksUntilTheNextTrial() {
        long ticks = 1;
        while (!tick(HYBRID, true)) {
            ticks++;
        }
        return ticks;
    }

    private boolean tick(final double rate, final boolean isSaturated) {
        nowNs += TICK_NS;
        return trial.tick(nowNs, rate, isSaturated);
    }
}
