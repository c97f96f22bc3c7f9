package io.fastpath.fastpath.instance;

/**
 * Whether workers should help: hybrid placement leaves known connections to the CPUs that receive them, and where one of
 * those has no time left, the workers' CPUs may have. Whether that forwards more depends on the machine and on the moment, so
 * it is tried: now and then the other placement gets half a second, right after half a second of the one in force, and
 * takes over if it forwarded 5 % more. The pause between trials doubles each time that nothing came of it. One thread.
 *
 * <pre>
 *   HOLDING --saturated, and the pause is over--> SETTLING --> TRYING --5 % more--> HOLDING, the other one
 *      ^                                                         |
 *      +----------------- no more: pause doubled ----------------+
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
        TRYING
    }

    private State state = State.HOLDING;
    private boolean isShared;
    private boolean wasSaturated;
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
            case TRYING -> judge(nowNs, rate);
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
        if (Math.abs(rate - settledRate) > CHANGE * settledRate) {
            settledRate = rate;
            pauseNs = PAUSE_MIN_NS;
            nextTrialNs = nowNs;
            isShared &= isSaturated; // an idle machine needs no help
        }
        if (isSaturated && wasSaturated && nowNs - nextTrialNs >= 0) {
            heldRate = rate;
            state = State.SETTLING;
        }
        wasSaturated = isSaturated;
    }

    private void judge(final long nowNs, final double rate) {
        triedRate = rate;
        state = State.HOLDING;
        wasSaturated = false;
        if (rate > GAIN * heldRate) {
            isShared = !isShared;
            settledRate = rate;
            pauseNs = PAUSE_MIN_NS;
        } else {
            settledRate = heldRate;
            pauseNs = Math.min(2 * pauseNs, PAUSE_MAX_NS);
        }
        nextTrialNs = nowNs + pauseNs;
    }
}
