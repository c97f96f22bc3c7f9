package io.fastpath.fastpath.instance;

/**
 * Whether workers should help: hybrid placement leaves known connections to the CPUs that receive them, and where one of
 * those has no time left, the workers' CPUs may have. Whether that forwards more depends on the machine and on the moment, so
 * it is tried: now and then the other placement gets most of a second, right after one of the one in force, and takes over if it
 * forwarded 5 % more, twice. The pause between trials doubles each time that nothing came of it. Help that forwards less
 * than the kernel did without it, twice, is given up at once. One thread.
 *
 * <pre>
 *   HOLDING --saturated, and the pause is over--> SETTLING --> TRYING --5 % more--> PROVING --5 % more--> HOLDING, the other one
 *      ^                                                         |                     |
 *      +----------------- no more: pause doubled ----------------+---------------------+
 * </pre>
 */
final class LoadTrial {
    /** Below this no CPU is saturated by packets, whatever it is busy with. */
    static final double RATE_MIN = 100_000;

    /** What a trial must bring: more than measurements of such a time differ by themselves. */
    static final double GAIN = 1.05;

    /** A load that changed by more than this is another one: what was found out before does not hold. */
    static final double CHANGE = 0.15;

    static final long PAUSE_MIN_NS = 2_000_000_000L;
    static final long PAUSE_MAX_NS = 300_000_000_000L;

    private enum State {
        HOLDING,
        SETTLING,
        TRYING,
        PROVING
    }

    private State state = State.HOLDING;
    private boolean isShared;
    private boolean wasSaturated;
    private boolean wasBehind;
    private double kernelRate;
    private double heldRate;
    private double triedRate;
    private double settledRate;
    private long pauseNs = PAUSE_MIN_NS;
    private long nextTrialNs; // the first load is another one than none, and sets it

    /**
     * The next piece of time is over.
     *
     * @param nowNs monotonic
     * @param rate packets forwarded per second in it, by both engines
     * @param isSaturated whether a CPU that is no worker's had no time left
     * @return whether workers should have a share from now on
     */
    boolean tick(final long nowNs, final double rate, final boolean isSaturated) {
        switch (state) {
            case HOLDING -> hold(nowNs, rate, isSaturated && rate >= RATE_MIN);
            case SETTLING -> state = State.TRYING; // half of it was before the change
            case TRYING, PROVING -> judge(nowNs, rate);
        }
        return isShared == (state == State.HOLDING);
    }

    /** {@return whether workers have a share that was found good} */
    boolean isSharing() {
        return isShared;
    }

    /** {@return packets per second before the last trial} */
    double heldRate() {
        return heldRate;
    }

    /** {@return packets per second in the last trial} */
    double triedRate() {
        return triedRate;
    }

    private void hold(final long nowNs, final double rate, final boolean isSaturated) {
        if (isShared && rate < kernelRate) {
            if (wasBehind || !isSaturated) { // an idle machine needs no help
                isShared = false;
                settledRate = kernelRate;
                pause(nowNs);
            }
            wasBehind = !wasBehind;
            return;
        }
        wasBehind = false;
        if (Math.abs(rate - settledRate) > CHANGE * settledRate) {
            settledRate = rate;
            pauseNs = PAUSE_MIN_NS;
            nextTrialNs = nowNs;
            isShared &= isSaturated;
        }
        if (isSaturated && wasSaturated && nowNs - nextTrialNs >= 0) {
            heldRate = rate;
            state = State.SETTLING;
        }
        wasSaturated = isSaturated;
    }

    private void judge(final long nowNs, final double rate) {
        triedRate = rate;
        if (rate <= GAIN * heldRate) {
            state = State.HOLDING;
            settledRate = heldRate;
            pause(nowNs);
        } else if (state == State.TRYING) {
            state = State.PROVING;
        } else {
            state = State.HOLDING;
            isShared = !isShared;
            kernelRate = heldRate; // of no account where the kernel has it again
            settledRate = rate;
            pauseNs = PAUSE_MIN_NS;
            nextTrialNs = nowNs + pauseNs;
            wasSaturated = false;
        }
    }

    private void pause(final long nowNs) {
        pauseNs = Math.min(2 * pauseNs, PAUSE_MAX_NS);
        nextTrialNs = nowNs + pauseNs;
        wasSaturated = false;
    }
}
