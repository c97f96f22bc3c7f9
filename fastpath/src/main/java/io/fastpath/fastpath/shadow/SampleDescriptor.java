package io.fastpath.fastpath.shadow;

import org.agrona.BitUtil;

/**
 * A sampled packet on its way from a worker to the shadow thread: a message of the ring between them.
 *
 * <pre>
 *   0         4         8         12        16        20        24        28        32
 *  +---------+---------+---------+---------+---------+---------+---------+---------+
 *  | handle of the flow| received, ns      | verdict | egress  | ingress | hop     |
 *  |                   |                   |         | ifindex | slot    |         |
 *  +---------+---------+---------+---------+---------+---------+---------+---------+
 *  | the hop's record: state to inner tag                                          |  32 to 64
 *  +---------+---------+---------------------------------------+---------+---------+
 *  | backend | its port| its address                           | before  | after   |  64 to 96
 *  +---------+---------+---------------------------------------+---------+---------+
 *  | frame before, padded to 8 bytes                                               |  `before` bytes
 *  +-------------------------------------------------------------------------------+
 *  | frame after                                                                   |  `after` bytes
 *  +-------------------------------------------------------------------------------+
 * </pre>
 *
 * <p>One writer, the worker; the ring hands it over whole. Values are in native order.
 */
final class SampleDescriptor {
    static final int HANDLE_OFFSET = 0;
    static final int RECEIVED_NS_OFFSET = 8;
    static final int VERDICT_OFFSET = 16;
    static final int EGRESS_IFINDEX_OFFSET = 20;
    static final int INGRESS_SLOT_OFFSET = 24;
    static final int HOP_INDEX_OFFSET = 28;
    static final int HOP_OFFSET = 32;
    static final int HOP_LENGTH = 32;
    static final int BACKEND_INDEX_OFFSET = 64;
    static final int BACKEND_PORT_BE_OFFSET = 68;
    static final int BACKEND_ADDRESS_OFFSET = 72;
    static final int BEFORE_LENGTH_OFFSET = 88;
    static final int AFTER_LENGTH_OFFSET = 92;
    static final int BEFORE_OFFSET = 96;

    /** The ring's type of such a message. */
    static final int MESSAGE_TYPE = 1;

    /** Longest frame that is sampled: a test run has a page, less 256 bytes in front and 320 behind (net/bpf/test_run.c). */
    static final int FRAME_LENGTH_LIMIT = 3_500;

    /** By how much a frame may grow: two VLAN tags. */
    static final int GROWTH_LENGTH = 8;

    private SampleDescriptor() {}

    /** Bytes of a message that has room for what a frame may become. */
    static int length(final int beforeLength) {
        return afterOffset(beforeLength) + beforeLength + GROWTH_LENGTH;
    }

    /** Where the frame after begins. */
    static int afterOffset(final int beforeLength) {
        return BEFORE_OFFSET + BitUtil.align(beforeLength, Long.BYTES);
    }
}
