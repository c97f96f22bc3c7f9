package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LoadTrialTest {
    private static final double HYBRID = 1_700_000;
    private static final long TICK_NS = 250_000_000;

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
        begin(false);
        assertThat(tick(1.2 * HYBRID, true)).isTrue();
        assertThat(trial.isSharing()).as("once may be chance").isFalse();
        assertThat(tick(1.2 * HYBRID, true)).isTrue();
        assertThat(trial.isSharing()).isTrue();
        assertThat(trial.heldRate()).isEqualTo(HYBRID);
        assertThat(trial.triedRate()).isEqualTo(1.2 * HYBRID);
    }

    @Test
    void shouldNotKeepWhatForwardedMoreOnce() {
        begin(false);
        assertThat(tick(1.2 * HYBRID, true)).isTrue();
        assertThat(tick(HYBRID, true)).isFalse();
        assertThat(trial.isSharing()).isFalse();
    }

    @Test
    void shouldGiveUpHelpThatForwardsLessThanTheKernelDid() {
        share();
        assertThat(tick(0.9 * HYBRID, true)).as("once may be chance").isTrue();
        assertThat(tick(0.9 * HYBRID, true)).isFalse();
        assertThat(trial.isSharing()).isFalse();
        assertThat(ticksUntilTheNextTrial()).isEqualTo(2 * LoadTrial.PAUSE_MIN_NS / TICK_NS);
    }

    @Test
    void shouldForgiveHelpThatForwardedLessNowAndThen() {
        share();
        for (int i = 0; i < 3; i++) {
            assertThat(tick(0.9 * HYBRID, true)).isTrue();
            assertThat(tick(1.2 * HYBRID, true)).isTrue();
        }
        assertThat(trial.isSharing()).isTrue();
    }

    @Test
    void shouldGoBackWhenTheOtherForwardsMoreAgain() {
        share();
        while (tick(1.2 * HYBRID, true)) {
            assertThat(trial.isSharing()).isTrue();
        }
        assertThat(trial.isSharing()).as("only tried").isTrue();
        assertThat(tick(HYBRID, true)).as("half of it was before the change").isFalse();
        assertThat(tick(1.4 * HYBRID, true)).isFalse();
        assertThat(tick(1.4 * HYBRID, true)).isFalse();
        assertThat(trial.isSharing()).isFalse();
    }

    @Test
    void shouldLookAgainAtOnceWhenTheLoadIsAnother() {
        share();
        tick(1.2 * HYBRID, true);
        assertThat(tick(1.5 * HYBRID, true)).as("a trial of the other").isFalse();
    }

    @Test
    void shouldRestWhenTheLoadIsOver() {
        share();
        assertThat(tick(0.5 * HYBRID, false)).isFalse();
        assertThat(trial.isSharing()).isFalse();
    }

    @Test
    void shouldTryEverMoreRarelyWhatForwardsNoMore() {
        begin(false);
        assertThat(tick(1.04 * HYBRID, true)).isFalse();
        for (long pauseNs = 2 * LoadTrial.PAUSE_MIN_NS; pauseNs < LoadTrial.PAUSE_MAX_NS; pauseNs *= 2) {
            assertThat(ticksUntilTheNextTrial()).isEqualTo(pauseNs / TICK_NS);
            tick(HYBRID, true);
            assertThat(tick(0.8 * HYBRID, true)).isFalse();
        }
        assertThat(ticksUntilTheNextTrial()).isEqualTo(LoadTrial.PAUSE_MAX_NS / TICK_NS);
    }

    private void share() {
        begin(false);
        assertThat(tick(1.2 * HYBRID, true)).isTrue();
        assertThat(tick(1.2 * HYBRID, true)).isTrue();
    }

    private void begin(final boolean isShared) {
        assertThat(tick(HYBRID, true)).isEqualTo(isShared);
        assertThat(tick(HYBRID, true)).isNotEqualTo(isShared);
        assertThat(tick(1.5 * HYBRID, true))
                .as("half of it was before the change")
                .isNotEqualTo(isShared);
        assertThat(trial.isSharing()).isEqualTo(isShared);
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
