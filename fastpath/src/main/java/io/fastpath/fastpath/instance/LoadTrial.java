package io.fastpath.fastpath.instance;

/**
 * Whether workers should help: hybrid placement leaves known connections to the CPUs that receive them, and where one of
 * those has no time left, the workers' CPUs may have. Whether that forwards more depends on the machine, so it is tried,
 * measured, and kept only if it does. One thread.
 *
 * <pre>
 *   RESTING --saturated twice--> SETTLING --> TRYING --5 % more--> SHARING --a minute later, or the load fell--> RESTING
 *      ^                                         |
 *      +------------- no more: later again ------+
 * </pre>
 */
final class LoadTrial {
    /** Below this no CPU is saturated by packets, whatever it is busy with. */
    static final double RATE_MIN = 100_000;

    /** What sharing must bring to be kept: more than measurements of half a second differ by themselves. */
    static final double GAIN = 1.05;

    /** When the load has fallen to this part of what hybrid placement forwarded, that can do it alone. */
    static final double RELIEF = 0.9;

    static final long SHARING_NS = 60_000_000_000L;
    static final long PAUSE_MIN_NS = 10_000_000_000L;
    static final long PAUSE_MAX_NS = 300_000_000_000L;

    private enum State {
        RESTING,
        SETTLING,
        TRYING,
        SHARING
    }

    private State state = State.RESTING;
    private boolean wasSaturated;
    private double hybridRate;
    private double sharedRate;
    private long endNs;
    private long nextTrialNs = Long.MIN_VALUE;
    private long pauseNs = PAUSE_MIN_NS;

    /**
     * The next half of a second is over.
     *
     * @param nowNs monotonic
     * @param rate packets forwarded per second, by both engines
     * @param isSaturated whether a CPU that is no worker's had no time left
     * @return whether workers should have a share from now on
     */
    boolean tick(final long nowNs, final double rate, final boolean isSaturated) {
        switch (state) {
            case RESTING -> rest(nowNs, rate, isSaturated && rate >= RATE_MIN);
            case SETTLING -> state = State.TRYING; // half of it was before the change
            case TRYING -> judge(nowNs, rate);
            case SHARING -> {
                if (nowNs - endNs >= 0 || rate < RELIEF * hybridRate) {
                    state = State.RESTING;
                    wasSaturated = false;
                }
            }
        }
        return state != State.RESTING;
    }

    /** {@return whether the workers' share is one that was tried and found good} */
    boolean isSharing() {
        return state == State.SHARING;
    }

    /** {@return packets per second before the last trial} */
    double hybridRate() {
        return hybridRate;
    }

    /** {@return packets per second in the last trial} */
    double sharedRate() {
        return sharedRate;
    }

    private void rest(final long nowNs, final double rate, final boolean isSaturated) {
        if (isSaturated && wasSaturated && (nextTrialNs == Long.MIN_VALUE || nowNs - nextTrialNs >= 0)) {
            hybridRate = rate;
            state = State.SETTLING;
        }
        wasSaturated = isSaturated;
    }

    private void judge(final long nowNs, final double rate) {
        sharedRate = rate;
        if (rate > GAIN * hybridRate) {
            state = State.SHARING;
            endNs = nowNs + SHARING_NS;
            nextTrialNs = nowNs;
            pauseNs = PAUSE_MIN_NS;
        } else {
            state = State.RESTING;
            wasSaturated = false;
            nextTrialNs = nowNs + pauseNs;
            pauseNs = Math.min(2 * pauseNs, PAUSE_MAX_NS);
        }
    }
}
