package io.fastpath.perflab.traffic;

/**
 * Layout of what the sink has seen, one cache line per CPU. C twin, with the rules of writing: {@code lab_sink.h}.
 *
 * <pre>
 *   0           8           16          24          32          40          48             56        64
 *  +-----------+-----------+-----------+-----------+-----------+-----------+--------------+---------+
 *  | packets   | bytes     | others    | sampled   |misdirected|badChecksum| until sample | rsv     |
 *  +-----------+-----------+-----------+-----------+-----------+-----------+--------------+---------+
 * </pre>
 */
final class SinkCountersDescriptor {
    static final String MAP = "sink_counters";

    static final int PACKETS_OFFSET = 0;
    static final int BYTES_OFFSET = PACKETS_OFFSET + Long.BYTES;
    static final int OTHERS_OFFSET = BYTES_OFFSET + Long.BYTES;
    static final int SAMPLED_OFFSET = OTHERS_OFFSET + Long.BYTES;
    static final int MISDIRECTED_OFFSET = SAMPLED_OFFSET + Long.BYTES;
    static final int BAD_CHECKSUM_OFFSET = MISDIRECTED_OFFSET + Long.BYTES;
    static final int UNTIL_SAMPLE_OFFSET = BAD_CHECKSUM_OFFSET + Long.BYTES;
    static final int LENGTH = UNTIL_SAMPLE_OFFSET + 2 * Long.BYTES;

    private SinkCountersDescriptor() {}
}
