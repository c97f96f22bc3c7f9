package io.fastpath.fastpath.pipeline;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Frames for tests of other packages: bad ones made of good ones, and random good ones. */
public final class FrameSource {
    private static final int PAYLOAD_STEP = 600;

    private FrameSource() {}

    /** Lies about some of these frames. */
    public static Supplier<byte[]> mutations(final Random random, final List<byte[]> bases) {
        return new FrameMutator(random, bases)::next;
    }

    /**
     * A TCP or UDP packet as a decent sender makes it, and now and then without a checksum, with data behind the datagram,
     * or with padding behind the packet.
     */
    public static byte[] transport(final Random random, final int payloadMax) {
        return transportOf(random, payloadLength(random, payloadMax));
    }

    /** The same with so many bytes of data. */
    public static byte[] transportOf(final Random random, final int payloadLength) {
        final boolean ipv4 = random.nextBoolean();
        final String source = ipv4 ? Frames.CLIENT : Frames.CLIENT6;
        final String destination = ipv4 ? Frames.VIP : Frames.VIP6;
        final boolean isTcp = random.nextBoolean();
        final PacketBuilder packet = isTcp
                ? PacketBuilder.tcp(source, random.nextInt(65536), destination, random.nextInt(65536))
                : PacketBuilder.udp(source, random.nextInt(65536), destination, random.nextInt(65536));
        final byte[] payload = new byte[payloadLength];
        random.nextBytes(payload);
        packet.payload(payload).ttl(2 + random.nextInt(254)).options(ipv4 ? random.nextInt(11) : 0);
        for (int tags = random.nextInt(3); tags > 0; tags--) {
            packet.vlan(random.nextInt(65536));
        }
        if (random.nextInt(3) == 0) {
            packet.trailer(random.nextInt(24));
        }
        if (!isTcp) {
            twistUdp(random, packet, payload.length);
        }
        if (random.nextInt(4) == 0) {
            packet.patchTransport(0, random.nextBoolean() ? 0xff : 0, 0xff);
        }
        return packet.build();
    }

    /** A UDP packet as a decent sender makes it. */
    public static byte[] udp(final Random random, final int payloadLength) {
        final byte[] payload = new byte[payloadLength];
        random.nextBytes(payload);
        final PacketBuilder packet = random.nextBoolean()
                ? PacketBuilder.udp(Frames.CLIENT, random.nextInt(65536), Frames.VIP, 53)
                : PacketBuilder.udp(Frames.CLIENT6, random.nextInt(65536), Frames.VIP6, 53);
        return packet.payload(payload).build();
    }

    private static void twistUdp(final Random random, final PacketBuilder packet, final int payloadLength) {
        if (random.nextInt(4) == 0) {
            packet.withoutChecksum();
        }
        if (random.nextInt(4) == 0) {
            final int udpLength = 8 + random.nextInt(payloadLength + 1);
            packet.patchTransport(4, udpLength >>> 8, udpLength);
        }
    }

    /** Often short; long ones, too, around whole blocks and odd. */
    private static int payloadLength(final Random random, final int max) {
        final int limit = random.nextBoolean() ? 64 : PAYLOAD_STEP * (1 + random.nextInt(6));
        return random.nextInt(Math.min(limit, max) + 1);
    }
}
