package io.fastpath.perflab.traffic;

/**
 * What the generator sends: UDP datagrams of many flows to one address and port. Immutable.
 *
 * @param flowCount flows, by turns; 1 to {@link #FLOW_LIMIT}.
 * @param frameLength bytes of a frame as RFC 2544 counts them, with the 4 bytes of its check sequence, which a veth
 *     doesn't carry; 64 to 1518.
 */
public record TrafficPlan(int flowCount, int frameLength) {
    /** {@code LAB_CLIENT_COUNT} clients with the ports from {@link #FIRST_SOURCE_PORT} on. */
    public static final int FLOW_LIMIT = 4096 * (65_536 - 1024);

    /** Source port of the first flow. */
    static final int FIRST_SOURCE_PORT = 1024;

    private static final int CHECK_SEQUENCE_LENGTH = 4;
    private static final int FRAME_LENGTH_LOWEST = 64;
    private static final int FRAME_LENGTH_LIMIT = 1518;

    /** Checks the limits. */
    public TrafficPlan {
        if (flowCount < 1 || flowCount > FLOW_LIMIT) {
            throw new IllegalArgumentException(flowCount + " flows are not 1 to " + FLOW_LIMIT);
        }
        if (frameLength < FRAME_LENGTH_LOWEST || frameLength > FRAME_LENGTH_LIMIT) {
            throw new IllegalArgumentException(
                    "frame length " + frameLength + " is not " + FRAME_LENGTH_LOWEST + " to " + FRAME_LENGTH_LIMIT);
        }
    }

    /** {@return the bytes of a frame in memory, without its check sequence} */
    int carriedLength() {
        return frameLength - CHECK_SEQUENCE_LENGTH;
    }
}
