package io.fastpath.fastpath.doctor;

/**
 * Whether an interface's packets fit where they must: into a UMEM frame, and into the one page that native XDP works on.
 * Pure functions.
 */
final class FrameFit {
    /** The kernel's room before each packet ({@code XDP_PACKET_HEADROOM}, linux/bpf.h). */
    static final int HEADROOM_LENGTH = 256;

    /** Ethernet header and two VLAN tags. */
    static final int LINK_HEADER_LENGTH = 22;

    /** A page less headroom and {@code skb_shared_info}, as most drivers reckon; some take less. */
    static final int NATIVE_MTU_LIMIT = 3498;

    private static final int SMALL_FRAME = 2048;
    private static final int LARGE_FRAME = 4096;

    private FrameFit() {}

    /**
     * {@return the smallest frame size that takes the packets, or 0}
     *
     * @param mtu of the interface.
     */
    static int frameSize(final int mtu) {
        if (mtu <= mtuLimit(SMALL_FRAME)) {
            return SMALL_FRAME;
        }
        return mtu <= mtuLimit(LARGE_FRAME) ? LARGE_FRAME : 0;
    }

    /**
     * {@return the largest MTU whose packets fit in a frame}
     *
     * @param frameSize in bytes.
     */
    static int mtuLimit(final int frameSize) {
        return frameSize - HEADROOM_LENGTH - LINK_HEADER_LENGTH;
    }
}
