package io.fastpath.lb.service;

import io.fastpath.lb.Protocol;

/**
 * What becomes of flows whose backend takes no new ones, and how a backend begins. Immutable; any thread.
 *
 * @param onDrain of flows whose backend is drained: {@link Fate#FINISH} or {@link Fate#MOVE}
 * @param limitNs how long flows may take to finish; then they are reset, or moved where {@code onRemove} says so or the
 *     protocol is UDP; 0 for no limit
 * @param onRemove of flows whose backend is no longer configured
 * @param slowStartNs how long a backend that comes to others takes to its whole weight; 0 for at once
 */
public record DrainSpec(Fate onDrain, long limitNs, Fate onRemove, long slowStartNs) {
    /** What becomes of a flow. */
    public enum Fate {
        /** It stays with its backend until it ends. */
        FINISH("finish"),
        /** It goes on with another backend. */
        MOVE("move"),
        /** It is ended, and its client is told by the answer to the next packet. */
        RESET("reset");

        private final String label;

        Fate(final String label) {
            this.label = label;
        }

        /**
         * The word in configurations.
         *
         * @return in lower case
         */
        public String label() {
            return label;
        }
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException that names the value and what is allowed
     */
    public DrainSpec {
        if (onDrain == Fate.RESET) {
            throw new IllegalArgumentException("onDrain can be finish or move, not reset");
        }
        if (limitNs < 0 || slowStartNs < 0) {
            throw new IllegalArgumentException("drainLimit and slowStart can't be negative");
        }
    }

    /**
     * What is done where the configuration says nothing: TCP connections finish; datagrams, which have no end to wait for,
     * go to another backend.
     *
     * @param protocol of the service
     * @return without a limit, and without a slow start
     */
    public static DrainSpec of(final Protocol protocol) {
        final Fate fate = protocol == Protocol.TCP ? Fate.FINISH : Fate.MOVE;
        return new DrainSpec(fate, 0, fate, 0);
    }

    /**
     * What becomes of flows that are still there at the limit.
     *
     * @return {@link Fate#MOVE} or {@link Fate#RESET}
     */
    public Fate atLimit() {
        return onRemove == Fate.MOVE ? Fate.MOVE : Fate.RESET;
    }

    /**
     * Whether flows may be ended.
     *
     * @return true where one of the ways is a reset
     */
    boolean ends() {
        return onRemove == Fate.RESET || limitNs > 0 && atLimit() == Fate.RESET;
    }
}
