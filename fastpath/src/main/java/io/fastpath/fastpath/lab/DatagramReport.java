package io.fastpath.fastpath.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/**
 * What became of a stream of numbered datagrams. Times are the machine's monotonic clock, read by sender and receiver in
 * one process: they hold that process's own delays too.
 *
 * @param sent datagrams
 * @param lost never received
 * @param reordered received after one that was sent later
 * @param duplicated received again
 * @param longestGapMs longest time between two that were received one after the other, less what the sender itself paused
 *     right before the later one
 * @param longestRawGapMs the same without that correction
 * @param longestSendGapMs longest time between two that were sent
 * @param longestLossMs longest time of sending of which nothing was received
 * @param p50Us one-way latency, microseconds: half are below
 * @param p99Us 99 % are below
 * @param p999Us 99.9 % are below
 * @param p9999Us 99.99 % are below
 * @param maxUs the longest
 * @param gaps of two intervals and more, corrected as {@code longestGapMs}, in the order of time; at most 10,000
 */
public record DatagramReport(
        @JsonProperty("sent") long sent,
        @JsonProperty("lost") long lost,
        @JsonProperty("reordered") long reordered,
        @JsonProperty("duplicated") long duplicated,
        @JsonProperty("longestGapMs") double longestGapMs,
        @JsonProperty("longestRawGapMs") double longestRawGapMs,
        @JsonProperty("longestSendGapMs") double longestSendGapMs,
        @JsonProperty("longestLossMs") double longestLossMs,
        @JsonProperty("p50Us") double p50Us,
        @JsonProperty("p99Us") double p99Us,
        @JsonProperty("p999Us") double p999Us,
        @JsonProperty("p9999Us") double p9999Us,
        @JsonProperty("maxUs") double maxUs,
        @JsonProperty("gaps") List<DatagramGap> gaps) {

    /**
     * The longest gap that ended in a time.
     *
     * @param fromNs monotonic clock
     * @param untilNs the same
     * @return milliseconds; 0 where all came in their time
     */
    public double longestGapMs(final long fromNs, final long untilNs) {
        return gaps.stream()
                .filter(gap -> gap.endNs() - fromNs >= 0 && untilNs - gap.endNs() >= 0)
                .mapToDouble(DatagramGap::ms)
                .max()
                .orElse(0);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d sent, %d lost, %d reordered, %d duplicated; longest gap %.2f ms (%.2f ms with the sender's own"
                        + " pauses, up to %.2f ms), longest loss %.2f ms; one way p50 %.0f us, p99 %.0f, p99.9 %.0f, p99.99 %.0f, max %.0f",
                sent,
                lost,
                reordered,
                duplicated,
                longestGapMs,
                longestRawGapMs,
                longestSendGapMs,
                longestLossMs,
                p50Us,
                p99Us,
                p999Us,
                p9999Us,
                maxUs);
    }
}
