package io.fastpath.fastpath.lab;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A time without datagrams.
 *
 * @param endNs when the next one came; the machine's monotonic clock, which is the same in all processes
 * @param ms how long, less what the sender itself paused
 */
public record DatagramGap(
        @JsonProperty("endNs") long endNs,
        @JsonProperty("ms") double ms) {}
