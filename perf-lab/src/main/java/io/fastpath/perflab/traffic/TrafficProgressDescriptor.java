package io.fastpath.perflab.traffic;

/**
 * Layout of what the generator has sent. C twin, with the rules of writing: {@code lab_traffic.h}.
 *
 * <pre>
 *   0           8           16        20        24
 *  +-----------+-----------+---------+---------+
 *  | sent      | next due  |next flow| rsv     |
 *  +-----------+-----------+---------+---------+
 * </pre>
 */
final class TrafficProgressDescriptor {
    static final String MAP = "traffic_progress";

    static final int SENT_OFFSET = 0;
    static final int NEXT_DUE_NS_OFFSET = SENT_OFFSET + Long.BYTES;
    static final int NEXT_FLOW_OFFSET = NEXT_DUE_NS_OFFSET + Long.BYTES;
    static final int LENGTH = NEXT_FLOW_OFFSET + 2 * Integer.BYTES;

    private TrafficProgressDescriptor() {}
}
