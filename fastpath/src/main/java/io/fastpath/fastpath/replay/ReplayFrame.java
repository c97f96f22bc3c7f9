package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.capture.CapturedFrame;
import io.fastpath.fastpath.wire.IpProtocol;
import java.util.Arrays;

/**
 * A captured frame as the engines get it. One that was cut by the capture's snap length gets zeros for what is missing, if
 * all headers are there: engines look at headers, and change checksums by what they change. What leaves is cut again.
 */
final class ReplayFrame {
    /** Longest frame that is played: a test run has a page, less room in front and behind (net/bpf/test_run.c). */
    static final int LENGTH_LIMIT = 3_490;

    /** Shorter frames no device hands to a program. */
    static final int LENGTH_MIN = 14;

    private static final int TYPE_OFFSET = 12;
    private static final int TAG_LENGTH = 4;
    private static final int TAG_LIMIT = 2;
    private static final int TYPE_8021Q = 0x8100;
    private static final int TYPE_8021AD = 0x88a8;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86dd;
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int TCP_HEADER_LENGTH = 20;
    private static final int OTHER_HEADER_LENGTH = 8;

    private ReplayFrame() {}

    /** The frame to play: whole, made whole, or as short as it was captured. */
    static byte[] of(final CapturedFrame captured) {
        final byte[] bytes = captured.bytes();
        if (!captured.isCut() || bytes.length < headerLength(bytes)) {
            return bytes;
        }
        return Arrays.copyOf(bytes, captured.originalLength());
    }

    /** How much of a frame that leaves was captured: as much more or less as its link header grew or shrank. */
    static int capturedLength(final CapturedFrame captured, final byte[] out) {
        if (!captured.isCut()) {
            return out.length;
        }
        final int growth = networkOffset(out) - networkOffset(captured.bytes());
        return Math.min(out.length, captured.bytes().length + growth);
    }

    /** Bytes up to the end of the transport header; more than there are where that can't be told. */
    private static int headerLength(final byte[] frame) {
        final int network = networkOffset(frame);
        final int type = network <= frame.length ? u16(frame, network - Short.BYTES) : 0;
        if (type == TYPE_IPV4 && frame.length >= network + IPV4_HEADER_LENGTH) {
            final int transport = network + (frame[network] & 0xf) * Integer.BYTES;
            return transportEnd(frame, transport, frame[network + 9]);
        }
        if (type == TYPE_IPV6 && frame.length >= network + IPV6_HEADER_LENGTH) {
            return transportEnd(frame, network + IPV6_HEADER_LENGTH, frame[network + 6]);
        }
        return Integer.MAX_VALUE;
    }

    private static int transportEnd(final byte[] frame, final int transport, final int protocol) {
        if (protocol != IpProtocol.TCP) {
            return transport + OTHER_HEADER_LENGTH;
        }
        return frame.length < transport + TCP_HEADER_LENGTH
                ? Integer.MAX_VALUE
                : transport + (frame[transport + 12] >>> 4 & 0xf) * Integer.BYTES;
    }

    private static int networkOffset(final byte[] frame) {
        int offset = TYPE_OFFSET;
        for (int i = 0; i < TAG_LIMIT && isTag(u16(frame, offset)); i++) {
            offset += TAG_LENGTH;
        }
        return offset + Short.BYTES;
    }

    private static boolean isTag(final int type) {
        return type == TYPE_8021Q || type == TYPE_8021AD;
    }

    private static int u16(final byte[] frame, final int offset) {
        return offset + 1 < frame.length ? (frame[offset] & 0xff) << Byte.SIZE | frame[offset + 1] & 0xff : 0;
    }
}
