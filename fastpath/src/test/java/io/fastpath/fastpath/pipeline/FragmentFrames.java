package io.fastpath.fastpath.pipeline;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Cuts whole frames into fragments, by the RFCs and independently of the product's code. */
public final class FragmentFrames {
    private static final int ETHERNET = 14;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int FRAGMENT_HEADER = 44;

    private FragmentFrames() {}

    /**
     * A fragment of an untagged frame without options.
     *
     * @param whole the datagram in one frame
     * @param identification of the datagram
     * @param from first byte of the fragment, after the IP header
     * @param to exclusive; whether more follow is told by the datagram's end
     */
    public static byte[] fragment(final byte[] whole, final int identification, final int from, final int to) {
        final int end = length(whole);
        return piece(whole, identification, from, Math.min(to, end), to < end);
    }

    /** Bytes of a datagram. */
    public static int length(final byte[] whole) {
        return whole[ETHERNET] >>> 4 == 4
                ? ByteBuffer.wrap(whole).getShort(ETHERNET + 2) - IPV4_HEADER
                : ByteBuffer.wrap(whole).getShort(ETHERNET + 4);
    }

    /** A fragment that says of itself whether more follow. */
    public static byte[] piece(
            final byte[] whole, final int identification, final int from, final int to, final boolean more) {
        return whole[ETHERNET] >>> 4 == 4
                ? ipv4(whole, identification, from, to, more)
                : ipv6(whole, identification, from, to, more);
    }

    private static byte[] ipv4(
            final byte[] whole, final int identification, final int from, final int to, final boolean more) {
        final int start = ETHERNET + IPV4_HEADER;
        final byte[] frame = Arrays.copyOf(whole, start + to - from);
        System.arraycopy(whole, start + from, frame, start, to - from);
        final ByteBuffer header = ByteBuffer.wrap(frame, ETHERNET, IPV4_HEADER).slice();
        header.putShort(2, (short) (IPV4_HEADER + to - from));
        header.putShort(4, (short) identification);
        header.putShort(6, (short) (from / 8 | (more ? 0x2000 : 0)));
        header.putShort(10, (short) 0);
        int sum = 0;
        for (int i = 0; i < IPV4_HEADER; i += 2) {
            sum += header.getShort(i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        header.putShort(10, (short) ~((sum & 0xffff) + (sum >>> 16)));
        return frame;
    }

    private static byte[] ipv6(
            final byte[] whole, final int identification, final int from, final int to, final boolean more) {
        final int start = ETHERNET + IPV6_HEADER;
        final byte[] frame = Arrays.copyOf(whole, start + 8 + to - from);
        final ByteBuffer packet = ByteBuffer.wrap(frame);
        packet.put(start, whole[ETHERNET + 6]).put(start + 1, (byte) 0);
        packet.putShort(start + 2, (short) (from | (more ? 1 : 0)));
        packet.putInt(start + 4, identification);
        packet.put(ETHERNET + 6, (byte) FRAGMENT_HEADER);
        packet.putShort(ETHERNET + 4, (short) (8 + to - from));
        System.arraycopy(whole, start + from, frame, start + 8, to - from);
        return frame;
    }
}
