package io.fastpath.perflab.throughput;

import io.fastpath.perflab.subject.EngineCounts;

/**
 * One measurement of one subject. Immutable.
 *
 * @param number of the round, from 1; the subjects' rounds of one number ran next to each other and make pairs.
 * @param subject its name.
 * @param flowCount flows of the traffic.
 * @param frameLength of the traffic, see {@link io.fastpath.perflab.traffic.TrafficPlan}.
 * @param seconds measured.
 * @param offeredPps packets per second that the generator sent.
 * @param deliveredPps packets per second that the sink saw.
 * @param sampled datagrams that the sink examined in full.
 * @param misdirected of these, wrongly addressed.
 * @param badChecksum of these, with a wrong checksum.
 * @param engines what the subject's engines did from just before the measurement to just after; null if it has none.
 * @param cpuPressure share of the time in which some task of the machine wanted a CPU and had none; NaN if unknown.
 */
public record Round(
        int number,
        String subject,
        int flowCount,
        int frameLength,
        double seconds,
        double offeredPps,
        double deliveredPps,
        long sampled,
        long misdirected,
        long badChecksum,
        EngineCounts engines,
        double cpuPressure) {
    /** {@return whether every examined datagram was as it should be, and there was one} */
    public boolean isSound() {
        return sampled > 0 && misdirected == 0 && badChecksum == 0;
    }
}
