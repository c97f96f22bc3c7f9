package io.fastpath.perflab.throughput;

import io.fastpath.perflab.traffic.TrafficPlan;

/**
 * What one comparison does. Immutable.
 *
 * @param traffic that every subject gets.
 * @param offeredPacketsPerSecond see {@link io.fastpath.perflab.traffic.TrafficGenerator#pace}; 0 for as many as go.
 * @param roundCount times that each subject is measured, by turns.
 * @param measureMs length of a measurement.
 * @param warmUpMs time under the same load before it; must see a Java subject compiled.
 */
public record ThroughputPlan(
        TrafficPlan traffic, long offeredPacketsPerSecond, int roundCount, long measureMs, long warmUpMs) {
    /** Checks the limits. */
    public ThroughputPlan {
        if (offeredPacketsPerSecond < 0 || roundCount < 1 || measureMs < 1 || warmUpMs < 0) {
            throw new IllegalArgumentException(
                    "a comparison needs a round and a time to measure, and nothing below zero");
        }
    }
}
