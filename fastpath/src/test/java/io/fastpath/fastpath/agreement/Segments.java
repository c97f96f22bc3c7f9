package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;

import io.fastpath.fastpath.pipeline.PacketBuilder;

/** Segments of the usual connection with numbers of their own: the client's begin at 1000, the backend's at 5000. */
final class Segments {
    static final int CLIENT_BEGIN = 1000;
    static final int BACKEND_BEGIN = 5000;

    /** Windows are scaled by 7 where both offer it. */
    static final int[] SCALE = {3, 3, 7, 1};

    /** A timestamp, and two bytes of padding before it. */
    static final int[] STAMP = {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0};

    private Segments() {}

    /** The client's SYN, with options. */
    static PacketBuilder syn(final int begin, final int... options) {
        return withOptions(numbers(request().flags(SYN), begin, 0, 64_240), options);
    }

    /** The backend's answer, with options. */
    static PacketBuilder synAck(final int begin, final int acknowledged, final int window, final int... options) {
        return withOptions(numbers(reply(), begin, acknowledged, window), options);
    }

    static PacketBuilder client(final int flags, final int begin, final int acknowledged) {
        return numbers(request().flags(flags), begin, acknowledged, 502);
    }

    static PacketBuilder backend(final int flags, final int begin, final int acknowledged) {
        return numbers(reply().flags(flags), begin, acknowledged, 510);
    }

    static PacketBuilder numbers(
            final PacketBuilder segment, final int begin, final int acknowledged, final int window) {
        return segment.patchTransport(
                        4,
                        begin >>> 24,
                        begin >>> 16 & 0xff,
                        begin >>> 8 & 0xff,
                        begin & 0xff,
                        acknowledged >>> 24,
                        acknowledged >>> 16 & 0xff,
                        acknowledged >>> 8 & 0xff,
                        acknowledged & 0xff)
                .patchTransport(14, window >>> 8, window & 0xff);
    }

    private static PacketBuilder withOptions(final PacketBuilder segment, final int... options) {
        final byte[] bytes = new byte[options.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) options[i];
        }
        return segment.payload(bytes).patchTransport(12, 20 + options.length << 2);
    }
}
