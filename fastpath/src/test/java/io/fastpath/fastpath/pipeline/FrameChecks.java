package io.fastpath.fastpath.pipeline;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads a frame byte by byte, independently of the product's code, and judges its checksums. */
public final class FrameChecks {
    private FrameChecks() {}

    /** Whether all checksums of an IP frame are right, as a receiver sees it. */
    public static boolean areChecksumsRight(final byte[] frame) {
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        final int network = networkOffset(buffer);
        return (frame[network] & 0xf0) == 0x40 ? isIpv4Right(buffer, network) : isIpv6Right(buffer, network);
    }

    public static int networkOffset(final ByteBuffer frame) {
        int type = 12;
        while (frame.getShort(type) == (short) 0x8100 || frame.getShort(type) == (short) 0x88a8) {
            type += 4;
        }
        return type + 2;
    }

    private static boolean isIpv4Right(final ByteBuffer frame, final int network) {
        final int headerLength = (frame.get(network) & 0x0f) * 4;
        final int totalLength = frame.getShort(network + 2) & 0xffff;
        if (ReferenceChecksum.of(slice(frame, network, headerLength)) != 0) {
            return false;
        }
        if ((frame.getShort(network + 6) & 0x3fff) != 0) {
            return true; // a fragment has no checksum of its own
        }
        return isTransportRight(
                frame,
                frame.get(network + 9) & 0xff,
                network + headerLength,
                totalLength - headerLength,
                slice(frame, network + 12, 4),
                slice(frame, network + 16, 4));
    }

    private static boolean isIpv6Right(final ByteBuffer frame, final int network) {
        return isTransportRight(
                frame,
                frame.get(network + 6) & 0xff,
                network + 40,
                frame.getShort(network + 4) & 0xffff,
                slice(frame, network + 8, 16),
                slice(frame, network + 24, 16));
    }

    private static boolean isTransportRight(
            final ByteBuffer frame,
            final int protocol,
            final int transport,
            final int length,
            final byte[] source,
            final byte[] destination) {
        int covered = length;
        if (protocol == 17) {
            covered = frame.getShort(transport + 4) & 0xffff;
            if (frame.getShort(transport + 6) == 0) {
                return true;
            }
        }
        final byte[] pseudo =
                protocol == 1 ? new byte[0] : ReferenceChecksum.pseudoHeader(source, destination, protocol, covered);
        return ReferenceChecksum.of(pseudo, slice(frame, transport, covered)) == 0;
    }

    private static byte[] slice(final ByteBuffer frame, final int offset, final int length) {
        return Arrays.copyOfRange(frame.array(), offset, offset + length);
    }
}
