package io.fastpath.afxdpnative.umem;

/**
 * How packet memory is cut up.
 *
 * <pre>
 *   frame 0                                           frame 1
 *   0          256          256 + headroom            frameLength
 *   +-----------+------------+------------------------+-----------+--- ...
 *   | kernel's  | our        | packet                 |
 *   | headroom  | headroom   |                        |
 *   +-----------+------------+------------------------+-----------+--- ...
 * </pre>
 *
 * <p>That is where the kernel writes a received packet; a packet to be sent may start anywhere in its frame. Limits:
 * {@code net/xdp/xdp_umem.c}, aligned chunks.
 *
 * @param frameLength bytes per frame: 2048 or 4096.
 * @param frameCount frames in all.
 * @param headroomLength bytes kept free in front of each received packet, besides the kernel's.
 * @param hugePages whether to use them.
 */
public record UmemLayout(int frameLength, int frameCount, int headroomLength, HugePages hugePages) {
    /** {@code XDP_PACKET_HEADROOM}: bytes the kernel keeps free in front of a received packet, for XDP programs. */
    public static final int KERNEL_HEADROOM_LENGTH = 256;

    /** Longest UMEM in bytes: one buffer with int offsets must span it. A power of two, so that huge pages fit. */
    public static final long LENGTH_LIMIT = 1L << 30;

    /** Shortest packet room that makes sense: a full Ethernet frame of MTU 1500 with two VLAN tags, without FCS. */
    public static final int PACKET_LENGTH_MIN = 1522;

    /** Refuses what the kernel would answer with EINVAL, with an {@link IllegalArgumentException}. */
    public UmemLayout {
        if (frameLength != 2048 && frameLength != 4096) {
            throw new IllegalArgumentException("frame length " + frameLength + ": must be 2048 or 4096");
        }
        if (frameCount < 1 || (long) frameCount * frameLength > LENGTH_LIMIT) {
            throw new IllegalArgumentException("frame count " + frameCount + ": must be from 1 to "
                    + LENGTH_LIMIT / frameLength + " with frames of " + frameLength);
        }
        final int headroomLimit = frameLength - KERNEL_HEADROOM_LENGTH - PACKET_LENGTH_MIN;
        if (headroomLength < 0 || headroomLength > headroomLimit) {
            throw new IllegalArgumentException("headroom " + headroomLength + ": must be from 0 to " + headroomLimit);
        }
    }

    /** {@return the length of all frames in bytes} */
    public int length() {
        return frameCount * frameLength;
    }

    /** {@return the longest packet that the kernel can put into a frame, in bytes} */
    public int packetLengthLimit() {
        return frameLength - KERNEL_HEADROOM_LENGTH - headroomLength;
    }
}
