package io.fastpath.fastpath.pipeline;

import java.nio.ByteBuffer;

/** The Internet checksum as RFC 1071 describes it: byte pairs in network order, added one by one. For comparison. */
public final class ReferenceChecksum {
    private ReferenceChecksum() {}

    /** The checksum field's value for these bytes, in host order. */
    public static int of(final byte[]... parts) {
        int sum = 0;
        for (final byte[] part : parts) {
            for (int i = 0; i < part.length; i += 2) {
                final int low = i + 1 < part.length ? part[i + 1] & 0xff : 0;
                sum += (part[i] & 0xff) << 8 | low;
                if (sum > 0xffff) {
                    sum = sum - 0xffff;
                }
            }
        }
        return ~sum & 0xffff;
    }

    /** The pseudo-header of a transport checksum (RFC 9293, 3.1; RFC 8200, 8.1). */
    public static byte[] pseudoHeader(
            final byte[] source, final byte[] destination, final int protocol, final int length) {
        return source.length == 4
                ? ByteBuffer.allocate(12)
                        .put(source)
                        .put(destination)
                        .put((byte) 0)
                        .put((byte) protocol)
                        .putShort((short) length)
                        .array()
                : ByteBuffer.allocate(40)
                        .put(source)
                        .put(destination)
                        .putInt(length)
                        .putInt(protocol)
                        .array();
    }
}
