package io.fastpath.perflab.traffic;

/**
 * Layout of what the generator shall send. C twin, with the rules of writing: {@code lab_traffic.h}.
 *
 * <pre>
 *   0           6           12        16       18       20        24        28        32          40
 *  +-----------+-----------+---------+--------+--------+---------+---------+---------+-----------+
 *  | dest MAC  | source MAC| dest IP |dst port|src port| src IP  | flows   | ifindex | interval  |
 *  +-----------+-----------+---------+--------+--------+---------+---------+---------+-----------+
 *                           network order    | native order
 * </pre>
 */
final class TrafficPlanDescriptor {
    static final String MAP = "traffic_plan";

    static final int DESTINATION_MAC_OFFSET = 0;
    static final int SOURCE_MAC_OFFSET = DESTINATION_MAC_OFFSET + 6;
    static final int DESTINATION_BE_OFFSET = SOURCE_MAC_OFFSET + 6;
    static final int DESTINATION_PORT_BE_OFFSET = DESTINATION_BE_OFFSET + Integer.BYTES;
    static final int FIRST_SOURCE_PORT_OFFSET = DESTINATION_PORT_BE_OFFSET + Short.BYTES;
    static final int FIRST_SOURCE_OFFSET = FIRST_SOURCE_PORT_OFFSET + Short.BYTES;
    static final int FLOW_COUNT_OFFSET = FIRST_SOURCE_OFFSET + Integer.BYTES;
    static final int INTERFACE_INDEX_OFFSET = FLOW_COUNT_OFFSET + Integer.BYTES;
    static final int INTERVAL_NS_OFFSET = INTERFACE_INDEX_OFFSET + Integer.BYTES;
    static final int LENGTH = INTERVAL_NS_OFFSET + Long.BYTES;

    private TrafficPlanDescriptor() {}
}
