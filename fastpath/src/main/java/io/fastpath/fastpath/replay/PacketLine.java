package io.fastpath.fastpath.replay;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What became of a frame. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param n number of the frame, from 1, over all captures
 * @param in name of the interface
 * @param verdict tx, pass, drop or consumed
 * @param out name of the interface that it leaves by; null where it doesn't
 * @param reason label of a counter, or {@link #TOO_LONG}
 * @param backend address and port, of a frame that a connection forwards; null for any other
 */
public record PacketLine(
        @JsonProperty("n") long n,
        @JsonProperty("in") String in,
        @JsonProperty("verdict") String verdict,
        @JsonProperty("out") String out,
        @JsonProperty("reason") String reason,
        @JsonProperty("backend") String backend) {
    /** Of a frame that no engine got, since it is longer than any that a replay can play. */
    public static final String TOO_LONG = "replay_too_long";
}
