package io.fastpath.perflab.traffic;

/**
 * Layout of what the sink expects. C twin, with the rules of writing: {@code lab_sink.h}.
 *
 * <pre>
 *   0                 6        8           12          16
 *  +-----------------+--------+-----------+-----------+
 *  | destination MAC |dst port| first dst | addresses |
 *  +-----------------+--------+-----------+-----------+
 *                      network| native order
 * </pre>
 */
final class SinkPlanDescriptor {
    static final String MAP = "sink_plan";

    static final int DESTINATION_MAC_OFFSET = 0;
    static final int DESTINATION_PORT_BE_OFFSET = DESTINATION_MAC_OFFSET + 6;
    static final int FIRST_DESTINATION_OFFSET = DESTINATION_PORT_BE_OFFSET + Short.BYTES;
    static final int DESTINATION_COUNT_OFFSET = FIRST_DESTINATION_OFFSET + Integer.BYTES;
    static final int LENGTH = DESTINATION_COUNT_OFFSET + Integer.BYTES;

    private SinkPlanDescriptor() {}
}
