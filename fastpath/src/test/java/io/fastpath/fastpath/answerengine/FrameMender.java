package io.fastpath.fastpath.answerengine;

import io.fastpath.fastpath.pipeline.ReferenceChecksum;
import java.util.Arrays;

/** Makes the checksums of an ICMP or ICMPv6 frame right, as far as the frame lets it. */
final class FrameMender {
    private static final int TAG_LENGTH = 4;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int IPV6_LENGTH = 40;

    private FrameMender() {}

    static byte[] mend(final byte[] frame) {
        final int network = networkOffset(frame);
        if (frame.length >= network + IPV6_LENGTH && u16(frame, network - 2) == 0x86dd) {
            mendIpv6(frame, network);
        } else if (frame.length >= network + 20 && u16(frame, network - 2) == 0x0800) {
            mendIpv4(frame, network);
        }
        return frame;
    }

    /** Behind the tags that there are. */
    static int networkOffset(final byte[] frame) {
        int network = 14;
        while (frame.length >= network + TAG_LENGTH && isTag(u16(frame, network - 2))) {
            network += TAG_LENGTH;
        }
        return network;
    }

    static int u16(final byte[] frame, final int offset) {
        return (frame[offset] & 0xff) << 8 | frame[offset + 1] & 0xff;
    }

    static void putU16(final byte[] frame, final int offset, final int value) {
        frame[offset] = (byte) (value >>> 8);
        frame[offset + 1] = (byte) value;
    }

    private static boolean isTag(final int type) {
        return type == 0x8100 || type == 0x88a8;
    }

    private static void mendIpv4(final byte[] frame, final int network) {
        final int transport = network + (frame[network] & 0x0f) * 4;
        final int end = network + u16(frame, network + 2);
        if (transport < network + 20 || transport > frame.length) {
            return;
        }
        mend(frame, network + 10, new byte[0], network, transport);
        if (frame[network + 9] == ICMP && end <= frame.length && end >= transport + 8) {
            mend(frame, transport + 2, new byte[0], transport, end);
        }
    }

    private static void mendIpv6(final byte[] frame, final int network) {
        final int transport = network + IPV6_LENGTH;
        final int length = u16(frame, network + 4);
        if (frame[network + 6] == ICMPV6 && transport + length <= frame.length && length >= 8) {
            final byte[] source = Arrays.copyOfRange(frame, network + 8, network + 24);
            final byte[] destination = Arrays.copyOfRange(frame, network + 24, network + 40);
            final byte[] pseudo = ReferenceChecksum.pseudoHeader(source, destination, ICMPV6, length);
            mend(frame, transport + 2, pseudo, transport, transport + length);
        }
    }

    private static void mend(
            final byte[] frame, final int checksumOffset, final byte[] pseudo, final int from, final int to) {
        putU16(frame, checksumOffset, 0);
        putU16(frame, checksumOffset, ReferenceChecksum.of(pseudo, Arrays.copyOfRange(frame, from, to)));
    }
}
