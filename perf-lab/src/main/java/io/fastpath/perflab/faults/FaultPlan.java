package io.fastpath.perflab.faults;

/**
 * How long and how densely each engine is looked at with each fault.
 *
 * @param packetsPerSecond of the stream, from 1.
 * @param cycles of a fault and a time without, from 1.
 * @param faultMs how long a fault lasts.
 * @param restMs how long the balancer is left alone before each fault and after it.
 */
record FaultPlan(int packetsPerSecond, int cycles, long faultMs, long restMs) {
    FaultPlan {
        if (packetsPerSecond < 1 || cycles < 1 || faultMs < 1 || restMs < 1) {
            throw new IllegalArgumentException("a fault needs a packet per second, a cycle, and a time, at least");
        }
    }
}
