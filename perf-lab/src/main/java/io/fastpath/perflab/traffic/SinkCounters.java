package io.fastpath.perflab.traffic;

/**
 * What the sink has seen at one moment, summed over CPUs. Immutable.
 *
 * @param atNs {@link System#nanoTime()} of the reading.
 * @param packets UDP datagrams.
 * @param bytes of these, Ethernet headers included, check sequences not.
 * @param others packets that were not UDP over IPv4.
 * @param sampled datagrams that were examined in full.
 * @param misdirected of these, not addressed as the plan says.
 * @param badChecksum of these, with an IP or UDP checksum that is wrong or missing.
 */
public record SinkCounters(
        long atNs, long packets, long bytes, long others, long sampled, long misdirected, long badChecksum) {
    /**
     * {@return what was seen since}
     *
     * @param earlier reading; {@link #atNs} becomes the nanoseconds between the two.
     */
    public SinkCounters since(final SinkCounters earlier) {
        return new SinkCounters(
                atNs - earlier.atNs,
                packets - earlier.packets,
                bytes - earlier.bytes,
                others - earlier.others,
                sampled - earlier.sampled,
                misdirected - earlier.misdirected,
                badChecksum - earlier.badChecksum);
    }
}
